// The AVX2 + FMA form of the filter saliency kernel (filter_saliency.md).
// Tolerance against the scalar form: float32 sums of at most box_outputs products, then of the boxes.
// This file alone is compiled with -mavx2 -mfma; it must define nothing that another file could be linked to.
#include "filter_saliency_x86.h"

namespace {

constexpr tile_function panel_tiles[] = {nullptr,        products<1, 2>, products<2, 2>, products<3, 2>,
                                         products<4, 2>, products<5, 2>, products<6, 2>};

struct avx2 {
    static constexpr tile_set panels = {panel_tiles, 6, 16}, narrow = {narrow_tiles, 8, 8}, dots = {dot_tiles, 9, 1};
    static constexpr auto pack = pack_panel;

    using vector = __m256;
    static constexpr int64_t lanes = 8;
    static constexpr winograd_form squares = {6, 24, 8};
    static INLINE vector all(float value) { return _mm256_set1_ps(value); }
    static INLINE vector all_of(const float* value) { return _mm256_broadcast_ss(value); }
    static INLINE vector load(const float* from) { return _mm256_load_ps(from); }
    static INLINE vector load_any(const float* from) { return _mm256_loadu_ps(from); }
    static INLINE void store(float* to, vector v) { _mm256_store_ps(to, v); }
    static INLINE void store_any(float* to, vector v) { _mm256_storeu_ps(to, v); }
    static INLINE vector absolute(vector v) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), v); }
    static INLINE vector add_product(vector sum, vector a, vector b) { return _mm256_fmadd_ps(a, b, sum); }
    static INLINE vector subtract_product(vector sum, vector a, vector b) { return _mm256_fnmadd_ps(a, b, sum); }
};

} // namespace

int32_t oa_f32_filter_saliency__avx2(oa_filter_saliency* a) {
    return run<avx2>(a, OA_FORM_AVX2);
}
