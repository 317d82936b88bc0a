// The AVX2 + FMA form of score_accumulate (score_accumulate.md).
// Tolerance against the scalar form: none. The product of two floats is exact in a double, so there is one rounding.
// This file alone is compiled with -mavx2 -mfma; it must define nothing that another file could be linked to.
#include "score_accumulate_check.h"

#include <immintrin.h>

namespace {

inline void add(double* sum, __m128 g, __m128 w, __m256d keep) {
    const __m256d product = _mm256_and_pd(_mm256_mul_pd(_mm256_cvtps_pd(g), _mm256_cvtps_pd(w)), keep);
    _mm256_storeu_pd(sum, _mm256_add_pd(_mm256_loadu_pd(sum), product));
}

} // namespace

int32_t oa_f32_score_accumulate__avx2(oa_score_accumulate* a) {
    const int32_t error = oa_score_check(a);
    if (error != OA_OK)
        return error;
    a->form = OA_FORM_AVX2;
    const float* g = a->gradient;
    const float* w = a->mode == OA_SCORE_SQUARE ? g : a->weight;
    const __m256d all = _mm256_castsi256_pd(_mm256_set1_epi64x(-1)), sign = _mm256_set1_pd(-0.0);
    const __m256d keep = a->mode == OA_SCORE_ABS_PRODUCT ? _mm256_andnot_pd(sign, all) : all;
    int64_t i = 0;
    for (; i + 8 <= a->count; i += 8) {
        add(a->sum + i, _mm_loadu_ps(g + i), _mm_loadu_ps(w + i), keep);
        add(a->sum + i + 4, _mm_loadu_ps(g + i + 4), _mm_loadu_ps(w + i + 4), keep);
    }
    oa_score_rest(a, i);
    return OA_OK;
}
