// The AVX2 + FMA form of the cosine neighbours (cosine_knn.md).
// Tolerance against the scalar form: none. Both do the same fused multiply-adds in the same order.
// This file alone is compiled with -mavx2 -mfma; it must define nothing that another file could be linked to.
#include "cosine_knn_block.h"

#include <immintrin.h>

namespace {

constexpr int64_t tile_queries = 4;
constexpr int64_t tile_rows = 3;

inline float add_lanes(__m256 v) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

inline void add(__m256 (&sum)[tile_rows], __m256 x, __m256 y0, __m256 y1, __m256 y2) {
    sum[0] = _mm256_fmadd_ps(x, y0, sum[0]);
    sum[1] = _mm256_fmadd_ps(x, y1, sum[1]);
    sum[2] = _mm256_fmadd_ps(x, y2, sum[2]);
}

// Twelve independent sums of eight lanes. Lanes at and beyond the end read as zero, which changes no sum.
inline void products(const float* const (&x)[tile_queries], const float* const (&y)[tile_rows], int64_t n,
                     __m256 (&sum)[tile_queries][tile_rows]) {
    for (int64_t i = 0; i < tile_queries; i++)
        for (int64_t j = 0; j < tile_rows; j++)
            sum[i][j] = _mm256_setzero_ps();
    int64_t k = 0;
    for (; k + 8 <= n; k += 8) {
        const __m256 y0 = _mm256_loadu_ps(y[0] + k), y1 = _mm256_loadu_ps(y[1] + k), y2 = _mm256_loadu_ps(y[2] + k);
        for (int64_t i = 0; i < tile_queries; i++)
            add(sum[i], _mm256_loadu_ps(x[i] + k), y0, y1, y2);
    }
    if (k == n)
        return;
    const __m256i mask =
        _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n - k)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    const __m256 y0 = _mm256_maskload_ps(y[0] + k, mask), y1 = _mm256_maskload_ps(y[1] + k, mask),
                 y2 = _mm256_maskload_ps(y[2] + k, mask);
    for (int64_t i = 0; i < tile_queries; i++)
        add(sum[i], _mm256_maskload_ps(x[i] + k, mask), y0, y1, y2);
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
            __m256 sum[tile_queries][tile_rows];
            products(x, y, t.features, sum);
            for (int64_t i = 0; i < tile_queries && i0 + i < t.query_count; i++)
                for (int64_t j = 0; j < tile_rows && j0 + j < t.row_count; j++)
                    t.sum[(i0 + i) * knn_rows + j0 + j] += add_lanes(sum[i][j]);
        }
    }
}

} // namespace

int32_t oa_f32_cosine_knn__avx2(oa_cosine_knn* a) {
    return knn_run(a, OA_FORM_AVX2, sums);
}
