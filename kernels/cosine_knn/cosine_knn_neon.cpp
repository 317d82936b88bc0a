// The NEON form of the cosine neighbours (cosine_knn.md).
// Tolerance against the scalar form: none. Both do the same fused multiply-adds in the same order.
// Compiled for 64-bit Arm only; it must define nothing that another file could be linked to.
#include "cosine_knn_block.h"

#include <arm_neon.h>

namespace {

constexpr int64_t tile_queries = 4;
constexpr int64_t tile_rows = 2;

// Lanes 0 to 3 and 4 to 7 of the eight that every form adds in.
struct lanes {
    float32x4_t low, high;
};

inline lanes load(const float* p) {
    return {vld1q_f32(p), vld1q_f32(p + 4)};
}

// Lanes at and beyond the end are zero, which changes no sum.
inline lanes load_tail(const float* p, int64_t left) {
    float padded[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    for (int64_t k = 0; k < left; k++)
        padded[k] = p[k];
    return load(padded);
}

inline void add(lanes& sum, const lanes& x, const lanes& y) {
    sum.low = vfmaq_f32(sum.low, x.low, y.low);
    sum.high = vfmaq_f32(sum.high, x.high, y.high);
}

inline float add_lanes(const lanes& v) {
    const float32x4_t four = vaddq_f32(v.low, v.high);
    const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

inline void products(const float* const (&x)[tile_queries], const float* const (&y)[tile_rows], int64_t n,
                     lanes (&sum)[tile_queries][tile_rows]) {
    for (int64_t i = 0; i < tile_queries; i++)
        sum[i][0] = sum[i][1] = {vdupq_n_f32(0), vdupq_n_f32(0)};
    int64_t k = 0;
    for (; k + 8 <= n; k += 8) {
        const lanes y0 = load(y[0] + k), y1 = load(y[1] + k);
        for (int64_t i = 0; i < tile_queries; i++) {
            const lanes v = load(x[i] + k);
            add(sum[i][0], v, y0);
            add(sum[i][1], v, y1);
        }
    }
    if (k == n)
        return;
    const lanes y0 = load_tail(y[0] + k, n - k), y1 = load_tail(y[1] + k, n - k);
    for (int64_t i = 0; i < tile_queries; i++) {
        const lanes v = load_tail(x[i] + k, n - k);
        add(sum[i][0], v, y0);
        add(sum[i][1], v, y1);
    }
}

// Queries and rows past the end repeat the last one and are not stored.
void sums(const knn_tile& t) {
    for (int64_t j0 = 0; j0 < t.row_count; j0 += tile_rows) {
        const float* y[tile_rows];
        for (int64_t j = 0; j < tile_rows; j++)
            y[j] = t.rows + (j0 + j < t.row_count ? j0 + j : t.row_count - 1) * t.row_stride;
        for (int64_t i0 = 0; i0 < t.query_count; i0 += tile_queries) {
            const float* x[tile_queries];
            for (int64_t i = 0; i < tile_queries; i++)
                x[i] = t.queries + (i0 + i < t.query_count ? i0 + i : t.query_count - 1) * t.query_stride;
            lanes sum[tile_queries][tile_rows];
            products(x, y, t.features, sum);
            for (int64_t i = 0; i < tile_queries && i0 + i < t.query_count; i++)
                for (int64_t j = 0; j < tile_rows && j0 + j < t.row_count; j++)
                    t.sum[(i0 + i) * knn_rows + j0 + j] += add_lanes(sum[i][j]);
        }
    }
}

} // namespace

int32_t oa_f32_cosine_knn__neon(oa_cosine_knn* a) {
    return knn_run(a, OA_FORM_NEON, sums);
}
