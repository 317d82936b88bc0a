// The scalar form of the geometry kernel: the readable reference that every other form is held against (geometry.md).
#include "geometry_row.h"

// Four partial sums, lane k mod 4, added as (0 + 2) + (1 + 3): the order every form keeps, so that all agree bit for
// bit.
static double dot(const float* x, const float* w, int64_t m) {
    double lanes[4] = {0, 0, 0, 0};
    for (int64_t k = 0; k < m; k++)
        lanes[k & 3] += (double)x[k] * (double)w[k];
    return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
}

int32_t oa_f32_geometry__scalar(oa_geometry* a) {
    const int32_t error = oa_geometry_check(a);
    if (error != OA_OK)
        return error;
    oa_geometry_start(a, OA_FORM_SCALAR);
    for (int64_t row = 0; row < a->rows; row++) {
        const float* x = a->feature_rows + row * a->feature_stride;
        for (int64_t j = 0; j < a->classes; j++)
            a->scratch[j] = dot(x, a->weight_rows + j * a->weight_stride, a->features);
        oa_geometry_finish(a, row, a->scratch, dot(x, x, a->features));
    }
    return OA_OK;
}
