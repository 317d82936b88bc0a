// The OpenCL form of the cosine neighbours (cosine_knn.md). TILE, at least 4, comes from the host.
#pragma OPENCL FP_CONTRACT OFF

#define CHUNK 512   // features summed in lanes before they are added to a pair's sum, as in every form
#define FEATURES 16 // held in local memory at a time

// s(i,j) = the cosine of query i and row j. Queries, rows and features past the end are zeros, which change no sum.
__kernel __attribute__((reqd_work_group_size(TILE, TILE, 1))) void cosine_knn_similarities(
    const long queries, const long rows, const long features, __global const float* restrict x,
    __global const float* restrict y, __global const float* restrict inverse_x, __global const float* restrict inverse_y,
    __global float* restrict s) {
    __local float xs[TILE][FEATURES + 1], ys[TILE][FEATURES + 1];
    const int lx = (int)get_local_id(0), ly = (int)get_local_id(1);
    const long j0 = (long)get_group_id(0) * TILE, i = (long)get_group_id(1) * TILE + ly;
    float sum = 0;
    for (long begin = 0; begin < features; begin += CHUNK) {
        const long end = min(features, begin + CHUNK);
        float8 lanes = 0;
        for (long k = begin; k < end; k += FEATURES) {
            for (int t = lx; t < FEATURES; t += TILE) {
                xs[ly][t] = i < queries && k + t < end ? x[i * features + k + t] : 0.0f;
                ys[ly][t] = j0 + ly < rows && k + t < end ? y[(j0 + ly) * features + k + t] : 0.0f;
            }
            barrier(CLK_LOCAL_MEM_FENCE);
            lanes = fma(vload8(0, &xs[ly][0]), vload8(0, &ys[lx][0]), lanes);
            lanes = fma(vload8(0, &xs[ly][8]), vload8(0, &ys[lx][8]), lanes);
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        const float4 four = lanes.lo + lanes.hi;
        const float2 two = four.lo + four.hi;
        sum += two.x + two.y;
    }
    if (i < queries && j0 + lx < rows) {
        const float value = sum * inverse_x[i] * inverse_y[j0 + lx];
        s[i * rows + j0 + lx] = value > 1 ? 1 : value < -1 ? -1 : value;
    }
}

// Offers rows first_row … of one query to its nearest so far, which stand in order; self is left out.
__kernel void cosine_knn_select(const long queries, const long rows, const long first_row, const long first_self,
                                const long neighbours, __global const float* restrict s, __global int* restrict index,
                                __global float* restrict similarity) {
    const long i = (long)get_global_id(0);
    if (i >= queries)
        return;
    __global int* my_index = index + i * neighbours;
    __global float* mine = similarity + i * neighbours;
    if (first_row == 0)
        for (long n = 0; n < neighbours; n++) {
            my_index[n] = -1;
            mine[n] = -INFINITY;
        }
    float last = mine[neighbours - 1];
    for (long j = 0; j < rows; j++) {
        const float value = s[i * rows + j];
        if (!(value > last) || (first_self >= 0 && first_row + j == first_self + i))
            continue;
        long at = neighbours - 1;
        for (; at > 0 && value > mine[at - 1]; at--) {
            mine[at] = mine[at - 1];
            my_index[at] = my_index[at - 1];
        }
        mine[at] = value;
        my_index[at] = (int)(first_row + j);
        last = mine[neighbours - 1];
    }
}
