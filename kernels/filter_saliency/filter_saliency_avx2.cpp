// The AVX2 + FMA form of the filter saliency kernel (filter_saliency.md).
// Tolerance against the scalar form: float32 sums of at most box_outputs products, then of the boxes.
// This file alone is compiled with -mavx2 -mfma; it must define nothing that another file could be linked to.
#include "filter_saliency_x86.h"

namespace {

constexpr tile_function panel_tiles[] = {nullptr,        products<1, 2>, products<2, 2>, products<3, 2>,
                                         products<4, 2>, products<5, 2>, products<6, 2>};

struct avx2 : avx2_vector {
    static constexpr tile_set panels = {panel_tiles, 6, 16}, narrow = {narrow_tiles, 8, 8}, dots = {dot_tiles, 9, 1};
    static constexpr auto pack = pack_panel;

    static constexpr winograd_form squares = {6, 24, 8};
};

} // namespace

int32_t oa_f32_filter_saliency__avx2(oa_filter_saliency* a) {
    return run<avx2>(a, OA_FORM_AVX2);
}
