// What every C++ form of the geometry kernel does alike: checking its arguments, and finishing a row from its dot
// products. All functions are static: a copy compiled for AVX2 must never be linked into another form.
#pragma once

#include <math.h>
#include <stddef.h>

#include "onnxaudit_kernels.h"

// Returns OA_OK or the first error, before anything is written.
static inline int32_t oa_geometry_check(const oa_geometry* a) {
    if (a == nullptr)
        return OA_NULL_POINTER;
    if (a->rows < 0 || a->features < 0 || a->classes < 1 || a->pair_rows < 0 || a->feature_stride < a->features ||
        a->weight_stride < a->features || a->pair_stride < a->classes || a->angle_stride < a->classes ||
        a->scratch_length / OA_GEOMETRY_ROWS < a->classes)
        return OA_BAD_SHAPE;
    if (a->rows == 0)
        return OA_OK;
    if ((a->features > 0 && (a->feature_rows == nullptr || a->weight_rows == nullptr)) || a->inverse_norms == nullptr ||
        a->inverse_pair_norms == nullptr || a->reference == nullptr || a->pair_row == nullptr ||
        a->scratch == nullptr || a->angles == nullptr || a->length == nullptr || a->margin == nullptr)
        return OA_NULL_POINTER;
    for (int64_t row = 0; row < a->rows; row++)
        if (a->reference[row] < 0 || a->reference[row] >= a->classes || a->pair_row[row] < 0 ||
            a->pair_row[row] >= a->pair_rows)
            return OA_BAD_REFERENCE;
    return OA_OK;
}

static inline void oa_geometry_start(oa_geometry* a, int64_t form) {
    a->zero_features = 0;
    a->skipped_pairs = 0;
    a->negative_distances = 0;
    a->form = form;
}

// min over j of d(i,j), signed or not, from the row's dot products [C].
static inline float oa_geometry_margin(oa_geometry* a, int64_t row, const double* dots) {
    const int64_t i = a->reference[row];
    const float* pairs = a->inverse_pair_norms + a->pair_row[row] * a->pair_stride;
    const double own = dots[i] + (a->bias != nullptr ? (double)a->bias[i] : 0.0);
    double smallest = HUGE_VAL;
    bool negative = false;
    for (int64_t j = 0; j < a->classes; j++) {
        if (pairs[j] == 0) {
            a->skipped_pairs += j != i;
            continue;
        }
        const double other = dots[j] + (a->bias != nullptr ? (double)a->bias[j] : 0.0);
        double distance = (own - other) * (double)pairs[j];
        negative |= distance < 0;
        if (a->sign != nullptr)
            distance = fabs(distance);
        if (distance < smallest)
            smallest = distance;
    }
    a->negative_distances += negative;
    return (float)(a->sign != nullptr ? (double)a->sign[row] * smallest : smallest);
}

// Angles, length and margin of one row from its dot products [C] and its sum of squares.
static inline void oa_geometry_finish(oa_geometry* a, int64_t row, const double* dots, double squares) {
    const double degrees = 180 / 3.14159265358979323846;
    const double length = sqrt(squares);
    const double inverse = length > 0 ? 1 / length : 0;
    a->zero_features += length == 0;
    a->length[row] = (float)length;
    float* angles = a->angles + row * a->angle_stride;
    for (int64_t j = 0; j < a->classes; j++) {
        double cosine = dots[j] * inverse * a->inverse_norms[j];
        cosine = cosine > 1 ? 1 : cosine < -1 ? -1 : cosine;
        angles[j] = (float)(acos(cosine) * degrees);
    }
    a->margin[row] = oa_geometry_margin(a, row, dots);
}
