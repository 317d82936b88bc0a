// The OpenCL form of score_accumulate (score_accumulate.md). Needs float64.
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

__kernel void score_accumulate(const long count, const int absolute, __global const float* gradient,
                               __global const float* weight, __global double* sum) {
    const long i = (long)get_global_id(0);
    if (i >= count)
        return;
    const double product = (double)gradient[i] * (double)weight[i];
    sum[i] += absolute ? fabs(product) : product;
}
