// What every C++ form of score_accumulate does alike. Static: a copy compiled for AVX2 must never be linked into
// another form.
#pragma once

#include <math.h>

#include "onnxaudit_kernels.h"

// Returns OA_OK or the first error, before anything is written.
static inline int32_t oa_score_check(const oa_score_accumulate* a) {
    if (a == nullptr)
        return OA_NULL_POINTER;
    if (a->count < 0 || a->mode < OA_SCORE_ABS_PRODUCT || a->mode > OA_SCORE_SQUARE)
        return OA_BAD_SHAPE;
    if (a->count > 0 &&
        (a->gradient == nullptr || a->sum == nullptr || (a->weight == nullptr && a->mode != OA_SCORE_SQUARE)))
        return OA_NULL_POINTER;
    return OA_OK;
}

// Elements [from, count), one at a time.
static inline void oa_score_rest(const oa_score_accumulate* a, int64_t from) {
    const float* other = a->mode == OA_SCORE_SQUARE ? a->gradient : a->weight;
    for (int64_t i = from; i < a->count; i++) {
        const double product = (double)a->gradient[i] * (double)other[i];
        a->sum[i] += a->mode == OA_SCORE_ABS_PRODUCT ? fabs(product) : product;
    }
}
