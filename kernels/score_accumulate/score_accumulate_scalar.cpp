// The scalar form of score_accumulate: the readable reference that every other form is held against
// (score_accumulate.md).
#include "score_accumulate_check.h"

int32_t oa_f32_score_accumulate__scalar(oa_score_accumulate* a) {
    const int32_t error = oa_score_check(a);
    if (error != OA_OK)
        return error;
    a->form = OA_FORM_SCALAR;
    oa_score_rest(a, 0);
    return OA_OK;
}
