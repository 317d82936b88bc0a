// The OpenCL form of the geometry kernel (geometry.md). Needs float64; TILE, a multiple of 4, comes from the host.
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

// z(r,j) = X_r . W_j: a group holds TILE rows of X and of W at a time. Rows, classes and features past the end are zeros, which change no sum,
// and lanes are those of every form: k mod 4.
__kernel __attribute__((reqd_work_group_size(TILE, TILE, 1))) void geometry_products(
    const long rows, const long features, const long classes, __global const float* restrict x,
    __global const float* restrict w, __global double* restrict z) {
    __local float xs[TILE][TILE + 1], ws[TILE][TILE + 1];
    const int lx = (int)get_local_id(0), ly = (int)get_local_id(1);
    const long j0 = (long)get_group_id(0) * TILE, r = (long)get_group_id(1) * TILE + ly;
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (long k0 = 0; k0 < features; k0 += TILE) {
        const long k = k0 + lx;
        xs[ly][lx] = r < rows && k < features ? x[r * features + k] : 0.0f;
        ws[ly][lx] = j0 + ly < classes && k < features ? w[(j0 + ly) * features + k] : 0.0f;
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int t = 0; t < TILE; t += 4) {
            s0 += (double)xs[ly][t] * (double)ws[lx][t];
            s1 += (double)xs[ly][t + 1] * (double)ws[lx][t + 1];
            s2 += (double)xs[ly][t + 2] * (double)ws[lx][t + 2];
            s3 += (double)xs[ly][t + 3] * (double)ws[lx][t + 3];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (r < rows && j0 + lx < classes)
        z[r * classes + j0 + lx] = (s0 + s2) + (s1 + s3);
}

// Length, its inverse and the margin of each row; counts are zero features, skipped pairs, rows with a negative distance.
__kernel void geometry_rows(const long rows, const long features, const long classes, __global const float* restrict x,
                            __global const double* restrict z, __global const float* restrict bias,
                            __global const float* restrict pairs, __global const int* restrict reference,
                            __global const int* restrict pair_row, __global const float* restrict sign,
                            __global double* restrict inverse, __global float* restrict length_out,
                            __global float* restrict margin, __global uint* restrict counts) {
    const long r = (long)get_global_id(0);
    if (r >= rows)
        return;
    double lanes[4] = {0, 0, 0, 0};
    for (long k = 0; k < features; k++)
        lanes[k & 3] += (double)x[r * features + k] * (double)x[r * features + k];
    const double size = sqrt((lanes[0] + lanes[2]) + (lanes[1] + lanes[3]));
    inverse[r] = size > 0 ? 1 / size : 0;
    length_out[r] = (float)size;
    if (size == 0)
        atomic_inc(counts);

    const long i = reference[r];
    __global const float* own_pairs = pairs + pair_row[r] * classes;
    __global const double* dots = z + r * classes;
    const double own = dots[i] + (bias ? (double)bias[i] : 0.0);
    double smallest = (double)INFINITY;
    uint skipped = 0, negative = 0;
    for (long j = 0; j < classes; j++) {
        if (own_pairs[j] == 0) {
            skipped += j != i;
            continue;
        }
        double distance = (own - (dots[j] + (bias ? (double)bias[j] : 0.0))) * (double)own_pairs[j];
        negative |= distance < 0;
        if (sign)
            distance = fabs(distance);
        if (distance < smallest)
            smallest = distance;
    }
    margin[r] = (float)(sign ? (double)sign[r] * smallest : smallest);
    if (skipped > 0)
        atomic_add(counts + 1, skipped);
    if (negative > 0)
        atomic_inc(counts + 2);
}

__kernel void geometry_angles(const long rows, const long classes, __global const double* restrict z,
                              __global const double* restrict inverse, __global const double* restrict norms,
                              __global float* restrict angles) {
    const long j = (long)get_global_id(0), r = (long)get_global_id(1);
    if (r >= rows || j >= classes)
        return;
    double cosine = z[r * classes + j] * inverse[r] * norms[j];
    cosine = cosine > 1 ? 1 : cosine < -1 ? -1 : cosine;
    angles[r * classes + j] = (float)(acos(cosine) * (180 / 3.14159265358979323846));
}
