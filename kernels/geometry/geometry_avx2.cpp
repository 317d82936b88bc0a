// The AVX2 + FMA form of the geometry kernel (geometry.md).
// Tolerance against the scalar form: none. Both add the same exact products in the same order.
// This file alone is compiled with -mavx2 -mfma; it must define nothing that another file could be linked to.
#include "geometry_row.h"

#include <immintrin.h>

namespace {

constexpr int64_t tile_rows = 4;
constexpr int64_t tile_classes = 3;

// Twelve independent sums of four lanes: enough to hide the latency of two fused multiply-adds per cycle.
struct tile {
    __m256d sum[tile_rows][tile_classes];
};

inline __m256d widen(const float* p) {
    return _mm256_cvtps_pd(_mm_loadu_ps(p));
}

// Lanes at and beyond the end read as zero, which changes no sum.
inline __m256d widen_tail(const float* p, __m128i mask) {
    return _mm256_cvtps_pd(_mm_maskload_ps(p, mask));
}

inline __m128i tail_mask(int64_t left) {
    return _mm_cmpgt_epi32(_mm_set1_epi32((int)left), _mm_setr_epi32(0, 1, 2, 3));
}

inline double add_lanes(__m256d v) {
    const __m128d pair = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
    return _mm_cvtsd_f64(_mm_add_sd(pair, _mm_unpackhi_pd(pair, pair)));
}

inline void step(tile& t, const __m256d (&x)[tile_rows], const __m256d (&w)[tile_classes]) {
    for (int64_t r = 0; r < tile_rows; r++)
        for (int64_t c = 0; c < tile_classes; c++)
            t.sum[r][c] = _mm256_fmadd_pd(x[r], w[c], t.sum[r][c]);
}

// Dot products of four rows with three classes. Rows and classes past the end repeat the last one and are not stored.
inline void products(const float* const (&x)[tile_rows], const float* const (&w)[tile_classes], int64_t m, tile& t) {
    for (int64_t r = 0; r < tile_rows; r++)
        for (int64_t c = 0; c < tile_classes; c++)
            t.sum[r][c] = _mm256_setzero_pd();
    int64_t k = 0;
    for (; k + 4 <= m; k += 4) {
        const __m256d xs[tile_rows] = {widen(x[0] + k), widen(x[1] + k), widen(x[2] + k), widen(x[3] + k)};
        const __m256d ws[tile_classes] = {widen(w[0] + k), widen(w[1] + k), widen(w[2] + k)};
        step(t, xs, ws);
    }
    if (k == m)
        return;
    const __m128i mask = tail_mask(m - k);
    const __m256d xs[tile_rows] = {widen_tail(x[0] + k, mask), widen_tail(x[1] + k, mask), widen_tail(x[2] + k, mask),
                                   widen_tail(x[3] + k, mask)};
    const __m256d ws[tile_classes] = {widen_tail(w[0] + k, mask), widen_tail(w[1] + k, mask),
                                      widen_tail(w[2] + k, mask)};
    step(t, xs, ws);
}

double squares(const float* x, int64_t m) {
    __m256d sum = _mm256_setzero_pd();
    int64_t k = 0;
    for (; k + 4 <= m; k += 4) {
        const __m256d v = widen(x + k);
        sum = _mm256_fmadd_pd(v, v, sum);
    }
    if (k < m) {
        const __m256d v = widen_tail(x + k, tail_mask(m - k));
        sum = _mm256_fmadd_pd(v, v, sum);
    }
    return add_lanes(sum);
}

// A block of rows stays in cache while W streams past once.
void block(oa_geometry* a, int64_t first, int64_t count) {
    const int64_t m = a->features, classes = a->classes;
    for (int64_t j = 0; j < classes; j += tile_classes) {
        const float* w[tile_classes];
        for (int64_t c = 0; c < tile_classes; c++)
            w[c] = a->weight_rows + (j + c < classes ? j + c : classes - 1) * a->weight_stride;
        for (int64_t r0 = 0; r0 < count; r0 += tile_rows) {
            const float* x[tile_rows];
            for (int64_t r = 0; r < tile_rows; r++)
                x[r] = a->feature_rows + (first + (r0 + r < count ? r0 + r : count - 1)) * a->feature_stride;
            tile t;
            products(x, w, m, t);
            for (int64_t r = 0; r < tile_rows && r0 + r < count; r++)
                for (int64_t c = 0; c < tile_classes && j + c < classes; c++)
                    a->scratch[(r0 + r) * classes + j + c] = add_lanes(t.sum[r][c]);
        }
    }
}

} // namespace

int32_t oa_f32_geometry__avx2(oa_geometry* a) {
    const int32_t error = oa_geometry_check(a);
    if (error != OA_OK)
        return error;
    oa_geometry_start(a, OA_FORM_AVX2);
    for (int64_t first = 0; first < a->rows; first += OA_GEOMETRY_ROWS) {
        const int64_t count = a->rows - first < OA_GEOMETRY_ROWS ? a->rows - first : OA_GEOMETRY_ROWS;
        block(a, first, count);
        for (int64_t r = 0; r < count; r++) {
            const int64_t row = first + r;
            const double sum = squares(a->feature_rows + row * a->feature_stride, a->features);
            oa_geometry_finish(a, row, a->scratch + r * a->classes, sum);
        }
    }
    return OA_OK;
}
