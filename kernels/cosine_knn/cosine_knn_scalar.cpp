// The scalar form of the cosine neighbours: the readable reference that every other form is held against
// (cosine_knn.md).
#include "cosine_knn_block.h"

// Eight lanes, lane k mod 8, of fused multiply-adds: the order every form keeps, so that all agree bit for bit.
static float dot(const float* x, const float* y, int64_t n) {
    float l[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    for (int64_t k = 0; k < n; k++)
        l[k & 7] = fmaf(x[k], y[k], l[k & 7]);
    return ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
}

static void sums(const knn_tile& t) {
    for (int64_t i = 0; i < t.query_count; i++)
        for (int64_t j = 0; j < t.row_count; j++)
            t.sum[i * knn_rows + j] += dot(t.queries + i * t.query_stride, t.rows + j * t.row_stride, t.features);
}

int32_t oa_f32_cosine_knn__scalar(oa_cosine_knn* a) {
    return knn_run(a, OA_FORM_SCALAR, sums);
}
