// The AVX-512 form of the filter saliency kernel (filter_saliency.md).
// Tolerance against the scalar form: float32 sums of at most box_outputs products, then of the boxes.
// This file alone is compiled with -mavx512f; it must define nothing that another file could be linked to.
#include "../vectors/avx512.h"
#include "filter_saliency_x86.h"

namespace {

// J weights by sixteen filters: every product takes its value of X straight from memory, for all sixteen at once.
template <int J> void wide_products(const tile& t) {
    const float* x[J];
    __m512 sum[J];
    each<J>([&](auto j) INLINE {
        x[j] = in_register(t.input + t.weights[j]);
        sum[j] = _mm512_setzero_ps();
    });
    const float* gradient = t.gradient;
    const int32_t* offset = t.offsets;
    const int32_t* const end = offset + t.rows * t.width;
    for (; offset != end; offset++, gradient += 16) {
        const int64_t at = *offset;
        const __m512 g = _mm512_load_ps(gradient);
        each<J>([&](auto j) INLINE { sum[j] = _mm512_fmadd_ps(_mm512_set1_ps(x[j][at]), g, sum[j]); });
    }
    if (!t.first)
        each<J>([&](auto j) INLINE { sum[j] = _mm512_add_ps(sum[j], _mm512_load_ps(t.partial + 16 * j)); });
    if (!t.last) {
        each<J>([&](auto j) INLINE { _mm512_store_ps(t.partial + 16 * j, sum[j]); });
        return;
    }
    __m512 all = _mm512_loadu_ps(t.sums);
    each<J>([&](auto j) INLINE { all = _mm512_add_ps(all, _mm512_abs_ps(sum[j])); });
    _mm512_storeu_ps(t.sums, all);
}

constexpr tile_function panel_tiles[] = {nullptr,          wide_products<1>, wide_products<2>, wide_products<3>,
                                         wide_products<4>, wide_products<5>, wide_products<6>, wide_products<7>,
                                         wide_products<8>, wide_products<9>};

struct avx512 : avx512_vector {
    static constexpr tile_set panels = {panel_tiles, 9, 16}, narrow = {narrow_tiles, 8, 8}, dots = {dot_tiles, 9, 1};
    static constexpr auto pack = pack_panel;

    static constexpr winograd_form squares = {16, 16, 16};
};

} // namespace

int32_t oa_f32_filter_saliency__avx512(oa_filter_saliency* a) {
    return run<avx512>(a, OA_FORM_AVX512);
}
