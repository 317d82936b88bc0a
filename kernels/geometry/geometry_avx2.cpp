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

// One row against three classes. Rows come one at a time and by name, not from an array: four rows at once do not fit
// the sixteen registers, and sums that live in memory cost two thirds of the speed.
inline void add(__m256d (&sum)[tile_classes], __m256d x, __m256d w0, __m256d w1, __m256d w2) {
    sum[0] = _mm256_fmadd_pd(x, w0, sum[0]);
    sum[1] = _mm256_fmadd_pd(x, w1, sum[1]);
    sum[2] = _mm256_fmadd_pd(x, w2, sum[2]);
}

// Dot products of four rows with three classes. Rows and classes past the end repeat the last one and are not stored.
inline void products(const float* const (&x)[tile_rows], const float* const (&w)[tile_classes], int64_t m, tile& t) {
    for (int64_t r = 0; r < tile_rows; r++)
        for (int64_t c = 0; c < tile_classes; c++)
            t.sum[r][c] = _mm256_setzero_pd();
    int64_t k = 0;
    for (; k + 4 <= m; k += 4) {
        const __m256d w0 = widen(w[0] + k), w1 = widen(w[1] + k), w2 = widen(w[2] + k);
        for (int64_t r = 0; r < tile_rows; r++)
            add(t.sum[r], widen(x[r] + k), w0, w1, w2);
    }
    if (k == m)
        return;
    const __m128i mask = tail_mask(m - k);
    const __m256d w0 = widen_tail(w[0] + k, mask), w1 = widen_tail(w[1] + k, mask), w2 = widen_tail(w[2] + k, mask);
    for (int64_t r = 0; r < tile_rows; r++)
        add(t.sum[r], widen_tail(x[r] + k, mask), w0, w1, w2);
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
