// What the forms for x86-64 share: eight filters beside each other, dots, and turning. All functions are local to the
// form that includes them.
#pragma once

#include "../vectors/avx2.h"
#include "filter_saliency_blocked.h"

namespace {

inline __m256 absolute(__m256 v) {
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), v);
}

inline float add_lanes(__m256 v) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

// J weights by V vectors of filters. One place of X meets all filters of the panel: it is broadcast straight from the
// input, wherever it lies, so that no column matrix is needed. 6 by 2 sums take twelve of the sixteen registers.
template <int J, int V> void products(const tile& t) {
    const float* x[J];
    __m256 sum[J][V];
    each<J>([&](auto j) INLINE {
        x[j] = in_register(t.input + t.weights[j]);
        each<V>([&](auto v) INLINE { sum[j][v] = _mm256_setzero_ps(); });
    });
    const float* gradient = t.gradient;
    const int32_t* offset = t.offsets;
    const int32_t* const end = offset + t.rows * t.width;
    for (; offset != end; offset++, gradient += 8 * V) {
        const int64_t at = *offset;
        __m256 g[V];
        each<V>([&](auto v) INLINE { g[v] = _mm256_load_ps(gradient + 8 * v); });
        each<J>([&](auto j) INLINE {
            const __m256 value = _mm256_broadcast_ss(x[j] + at);
            each<V>([&](auto v) INLINE { sum[j][v] = _mm256_fmadd_ps(value, g[v], sum[j][v]); });
        });
    }
    if (!t.first)
        each<J>([&](auto j) INLINE {
            each<V>([&](auto v)
                        INLINE { sum[j][v] = _mm256_add_ps(sum[j][v], _mm256_load_ps(t.partial + 8 * (V * j + v))); });
        });
    if (!t.last) {
        each<J>([&](auto j) INLINE {
            each<V>([&](auto v) INLINE { _mm256_store_ps(t.partial + 8 * (V * j + v), sum[j][v]); });
        });
        return;
    }
    each<V>([&](auto v) INLINE {
        __m256 all = _mm256_loadu_ps(t.sums + 8 * v);
        each<J>([&](auto j) INLINE { all = _mm256_add_ps(all, absolute(sum[j][v])); });
        _mm256_storeu_ps(t.sums + 8 * v, all);
    });
}

// J weights of one filter: rows of its outputs times rows of X, both contiguous.
template <int J> void dots(const tile& t) {
    __m256 sum[J];
    each<J>([&](auto j) INLINE { sum[j] = _mm256_setzero_ps(); });
    const int64_t whole = t.width & ~(int64_t)7;
    const __m256i mask =
        _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(t.width - whole)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    const float* gradient = t.gradient;
    for (int64_t row = 0; row < t.rows; row++, gradient += t.width) {
        const float* x[J];
        each<J>([&](auto j) INLINE { x[j] = in_register(t.input + t.offsets[row * t.width] + t.weights[j]); });
        int64_t i = 0;
        for (; i < whole; i += 8) {
            const __m256 g = _mm256_loadu_ps(gradient + i);
            each<J>([&](auto j) INLINE { sum[j] = _mm256_fmadd_ps(_mm256_loadu_ps(x[j] + i), g, sum[j]); });
        }
        if (i == t.width)
            continue;
        const __m256 g = _mm256_maskload_ps(gradient + i, mask);
        each<J>([&](auto j) INLINE { sum[j] = _mm256_fmadd_ps(_mm256_maskload_ps(x[j] + i, mask), g, sum[j]); });
    }
    each<J>([&](auto j) INLINE {
        const float one = t.first ? add_lanes(sum[j]) : t.partial[j] + add_lanes(sum[j]);
        if (t.last)
            *t.sums += one < 0 ? -one : one;
        else
            t.partial[j] = one;
    });
}

// Outputs of up to `width` filters into a panel [outputs, width], zero where there is no filter.
void pack_panel(const float* gradient, int64_t stride, int64_t filters, int64_t outputs, int64_t width, float* panel) {
    for (int64_t k = 0; k < width; k += 8) {
        const float* from[8];
        for (int64_t i = 0; i < 8; i++)
            from[i] = k + i < filters ? gradient + (k + i) * stride : nullptr;
        int64_t at = 0;
        for (; at + 8 <= outputs; at += 8)
            turn_rows(from, at, panel + at * width + k, width);
        for (; at < outputs; at++)
            for (int64_t i = 0; i < 8; i++)
                panel[at * width + k + i] = from[i] != nullptr ? from[i][at] : 0.0f;
    }
}

constexpr tile_function narrow_tiles[] = {nullptr,        products<1, 1>, products<2, 1>,
                                          products<3, 1>, products<4, 1>, products<5, 1>,
                                          products<6, 1>, products<7, 1>, products<8, 1>};
constexpr tile_function dot_tiles[] = {nullptr, dots<1>, dots<2>, dots<3>, dots<4>,
                                       dots<5>, dots<6>, dots<7>, dots<8>, dots<9>};

} // namespace
