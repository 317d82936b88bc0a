// What every C++ form of the Winograd convolution checks and how it comes back to outputs (winograd_conv.md).
// Everything is static: a copy compiled for AVX2 or NEON must never be linked into another form.
#pragma once

#include <stddef.h>

#include "../vectors/minimal_filtering.h"
#include "onnxaudit_kernels.h"

namespace {

inline int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

inline bool size_is_good(int64_t size) {
    return size >= 1 && size <= INT32_MAX;
}

// Every size stays below 2^31, and so does a sample, so that no product of two can overflow 64 bits.
inline bool sample_fits(int64_t maps, int64_t height, int64_t width) {
    return size_is_good(height) && size_is_good(width) && height * width <= INT32_MAX &&
           maps * (height * width) <= INT32_MAX;
}

inline bool shape_is_good(const oa_winograd_conv* a) {
    if (a->samples < 0 || a->samples > INT32_MAX || !size_is_good(a->channels) || !size_is_good(a->filters) ||
        (a->edge != 2 && a->edge != 4))
        return false;
    if (!sample_fits(a->channels, a->input_height, a->input_width) ||
        !sample_fits(a->filters, a->output_height, a->output_width))
        return false;
    return a->pad_top >= 0 && a->pad_left >= 0 && a->pad_top <= INT32_MAX && a->pad_left <= INT32_MAX &&
           a->first_row >= 0 && a->first_row <= a->last_row &&
           a->last_row <= a->samples * divide_up(a->output_height, a->edge) &&
           a->input_stride >= a->channels * a->input_height * a->input_width &&
           a->output_stride >= a->filters * a->output_height * a->output_width;
}

// The checks that are left once the shape is good and workspace_needed is written.
inline int32_t check_memory(const oa_winograd_conv* a) {
    if (a->workspace_length < a->workspace_needed)
        return OA_SMALL_WORKSPACE;
    if (a->first_row == a->last_row)
        return OA_OK;
    if (a->x == nullptr || a->weights == nullptr || a->y == nullptr ||
        (a->workspace == nullptr && a->workspace_needed > 0))
        return OA_NULL_POINTER;
    return OA_OK;
}

// What the products of M + 2 places become: M outputs.
template <int M> struct minimal_outputs;

template <> struct minimal_outputs<2> {
    template <class F, class V> static INLINE void outputs(const V (&m)[4], V (&to)[2]) {
        to[0] = m[0] + (m[1] + m[2]);
        to[1] = (m[1] - m[2]) + m[3];
    }
};

template <> struct minimal_outputs<4> {
    template <class F, class V> static INLINE void outputs(const V (&m)[6], V (&to)[4]) {
        const V near = m[1] + m[2], far = m[3] + m[4], near_odd = m[1] - m[2], far_odd = m[3] - m[4];
        to[0] = m[0] + (near + far);
        to[1] = F::add_product(near_odd, F::all(2), far_odd);
        to[2] = F::add_product(near, F::all(4), far);
        to[3] = F::add_product(near_odd, F::all(8), far_odd) + m[5];
    }
};

// A square of outputs [M][M] from its products [M+2][M+2]: at(i, j), put(i, j, value).
template <class F, int M, class At, class Put> INLINE inline void transform_products(At at, Put put) {
    using V = typename F::vector;
    V half[M][M + 2];
    each<M + 2>([&](auto j) INLINE {
        V column[M + 2], turned[M];
        each<M + 2>([&](auto i) INLINE { column[i] = at(i, j); });
        minimal_outputs<M>::template outputs<F>(column, turned);
        each<M>([&](auto i) INLINE { half[i][j] = turned[i]; });
    });
    each<M>([&](auto i) INLINE {
        V turned[M];
        minimal_outputs<M>::template outputs<F>(half[i], turned);
        each<M>([&](auto j) INLINE { put(i, j, turned[j]); });
    });
}

} // namespace
