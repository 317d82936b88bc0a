// The NEON form of score_accumulate (score_accumulate.md).
// Tolerance against the scalar form: none. The product of two floats is exact in a double, so there is one rounding.
// Compiled for 64-bit Arm only; it must define nothing that another file could be linked to.
#include "score_accumulate_check.h"

#include <arm_neon.h>

namespace {

inline void add(double* sum, float64x2_t product, bool absolute) {
    vst1q_f64(sum, vaddq_f64(vld1q_f64(sum), absolute ? vabsq_f64(product) : product));
}

} // namespace

int32_t oa_f32_score_accumulate__neon(oa_score_accumulate* a) {
    const int32_t error = oa_score_check(a);
    if (error != OA_OK)
        return error;
    a->form = OA_FORM_NEON;
    const float* other = a->mode == OA_SCORE_SQUARE ? a->gradient : a->weight;
    const bool absolute = a->mode == OA_SCORE_ABS_PRODUCT;
    int64_t i = 0;
    for (; i + 4 <= a->count; i += 4) {
        const float32x4_t g = vld1q_f32(a->gradient + i), w = vld1q_f32(other + i);
        add(a->sum + i, vmulq_f64(vcvt_f64_f32(vget_low_f32(g)), vcvt_f64_f32(vget_low_f32(w))), absolute);
        add(a->sum + i + 2, vmulq_f64(vcvt_high_f64_f32(g), vcvt_high_f64_f32(w)), absolute);
    }
    oa_score_rest(a, i);
    return OA_OK;
}
