// The NEON form of the filter saliency kernel (filter_saliency.md), for 64-bit Arm.
// Tolerance against the scalar form: float32 sums of at most box_outputs products, then of the boxes.
#include "../vectors/neon.h"
#include "filter_saliency_blocked.h"

namespace {

// J weights by V vectors of filters. One place of X meets all filters of the panel: it is broadcast straight from the
// input, wherever it lies, so that no column matrix is needed. 6 by 4 sums take 24 of the 32 registers.
template <int J, int V> void products(const tile& t) {
    const float* x[J];
    float32x4_t sum[J][V];
    each<J>([&](auto j) INLINE {
        x[j] = in_register(t.input + t.weights[j]);
        each<V>([&](auto v) INLINE { sum[j][v] = vdupq_n_f32(0); });
    });
    const float* gradient = t.gradient;
    const int32_t* offset = t.offsets;
    const int32_t* const end = offset + t.rows * t.width;
    for (; offset != end; offset++, gradient += 4 * V) {
        const int64_t at = *offset;
        float32x4_t g[V];
        each<V>([&](auto v) INLINE { g[v] = vld1q_f32(gradient + 4 * v); });
        each<J>([&](auto j) INLINE {
            const float32x4_t value = vld1q_dup_f32(x[j] + at);
            each<V>([&](auto v) INLINE { sum[j][v] = vfmaq_f32(sum[j][v], value, g[v]); });
        });
    }
    if (!t.first)
        each<J>([&](auto j) INLINE {
            each<V>([&](auto v) INLINE { sum[j][v] = vaddq_f32(sum[j][v], vld1q_f32(t.partial + 4 * (V * j + v))); });
        });
    if (!t.last) {
        each<J>([&](auto j)
                    INLINE { each<V>([&](auto v) INLINE { vst1q_f32(t.partial + 4 * (V * j + v), sum[j][v]); }); });
        return;
    }
    each<V>([&](auto v) INLINE {
        float32x4_t all = vld1q_f32(t.sums + 4 * v);
        each<J>([&](auto j) INLINE { all = vaddq_f32(all, vabsq_f32(sum[j][v])); });
        vst1q_f32(t.sums + 4 * v, all);
    });
}

// J weights of one filter: rows of its outputs times rows of X, both contiguous.
template <int J> void dots(const tile& t) {
    float32x4_t sum[J];
    float tail[J];
    each<J>([&](auto j) INLINE {
        sum[j] = vdupq_n_f32(0);
        tail[j] = 0;
    });
    const int64_t whole = t.width & ~(int64_t)3;
    const float* gradient = t.gradient;
    for (int64_t row = 0; row < t.rows; row++, gradient += t.width) {
        const float* x[J];
        each<J>([&](auto j) INLINE { x[j] = in_register(t.input + t.offsets[row * t.width] + t.weights[j]); });
        int64_t i = 0;
        for (; i < whole; i += 4) {
            const float32x4_t g = vld1q_f32(gradient + i);
            each<J>([&](auto j) INLINE { sum[j] = vfmaq_f32(sum[j], vld1q_f32(x[j] + i), g); });
        }
        for (; i < t.width; i++)
            each<J>([&](auto j) INLINE { tail[j] += x[j][i] * gradient[i]; });
    }
    each<J>([&](auto j) INLINE {
        const float all = vaddvq_f32(sum[j]) + tail[j];
        const float one = t.first ? all : t.partial[j] + all;
        if (t.last)
            *t.sums += one < 0 ? -one : one;
        else
            t.partial[j] = one;
    });
}

// Outputs of up to `width` filters into a panel [outputs, width], zero where there is no filter.
void pack_panel(const float* gradient, int64_t stride, int64_t filters, int64_t outputs, int64_t width, float* panel) {
    for (int64_t k = 0; k < width; k += 4) {
        const float* from[4];
        for (int64_t i = 0; i < 4; i++)
            from[i] = k + i < filters ? gradient + (k + i) * stride : nullptr;
        int64_t at = 0;
        for (; at + 4 <= outputs; at += 4)
            turn_rows(from, at, panel + at * width + k, width);
        for (; at < outputs; at++)
            for (int64_t i = 0; i < 4; i++)
                panel[at * width + k + i] = from[i] != nullptr ? from[i][at] : 0.0f;
    }
}

constexpr tile_function panel_tiles[] = {nullptr,        products<1, 4>, products<2, 4>, products<3, 4>,
                                         products<4, 4>, products<5, 4>, products<6, 4>};
constexpr tile_function narrow_tiles[] = {nullptr,        products<1, 2>, products<2, 2>,
                                          products<3, 2>, products<4, 2>, products<5, 2>,
                                          products<6, 2>, products<7, 2>, products<8, 2>};
constexpr tile_function dot_tiles[] = {nullptr, dots<1>, dots<2>, dots<3>, dots<4>,
                                       dots<5>, dots<6>, dots<7>, dots<8>, dots<9>};

struct neon : neon_vector {
    static constexpr tile_set panels = {panel_tiles, 6, 16}, narrow = {narrow_tiles, 8, 8}, dots = {dot_tiles, 9, 1};
    static constexpr auto pack = pack_panel;

    static constexpr winograd_form squares = {6, 24, 8};
};

} // namespace

int32_t oa_f32_filter_saliency__neon(oa_filter_saliency* a) {
    return run<neon>(a, OA_FORM_NEON);
}
