// The NEON form of the geometry kernel (geometry.md).
// Tolerance against the scalar form: none. Both add the same exact products in the same order.
// Compiled for 64-bit Arm only; it must define nothing that another file could be linked to.
#include "geometry_row.h"

#include <arm_neon.h>

namespace {

constexpr int64_t tile_rows = 4;
constexpr int64_t tile_classes = 2;

// Lanes 0, 1 and 2, 3 of the four that every form adds in.
struct lanes {
    float64x2_t low, high;
};

// Sixteen registers of sums: with two classes' weights and one row they fit the thirty-two there are.
struct tile {
    lanes sum[tile_rows][tile_classes];
};

inline lanes zero() {
    return {vdupq_n_f64(0), vdupq_n_f64(0)};
}

inline lanes widen(const float* p) {
    const float32x4_t v = vld1q_f32(p);
    return {vcvt_f64_f32(vget_low_f32(v)), vcvt_high_f64_f32(v)};
}

// Lanes at and beyond the end are zero, which changes no sum.
inline lanes widen_tail(const float* p, int64_t left) {
    float padded[4] = {0, 0, 0, 0};
    for (int64_t k = 0; k < left; k++)
        padded[k] = p[k];
    return widen(padded);
}

inline void add(lanes& sum, const lanes& x, const lanes& w) {
    sum.low = vfmaq_f64(sum.low, x.low, w.low);
    sum.high = vfmaq_f64(sum.high, x.high, w.high);
}

inline double add_lanes(const lanes& v) {
    const float64x2_t pair = vaddq_f64(v.low, v.high);
    return vgetq_lane_f64(pair, 0) + vgetq_lane_f64(pair, 1);
}

// Dot products of four rows with two classes. Rows and classes past the end repeat the last one and are not stored.
inline void products(const float* const (&x)[tile_rows], const float* const (&w)[tile_classes], int64_t m, tile& t) {
    for (int64_t r = 0; r < tile_rows; r++)
        t.sum[r][0] = t.sum[r][1] = zero();
    int64_t k = 0;
    for (; k + 4 <= m; k += 4) {
        const lanes w0 = widen(w[0] + k), w1 = widen(w[1] + k);
        for (int64_t r = 0; r < tile_rows; r++) {
            const lanes row = widen(x[r] + k);
            add(t.sum[r][0], row, w0);
            add(t.sum[r][1], row, w1);
        }
    }
    if (k == m)
        return;
    const lanes w0 = widen_tail(w[0] + k, m - k), w1 = widen_tail(w[1] + k, m - k);
    for (int64_t r = 0; r < tile_rows; r++) {
        const lanes row = widen_tail(x[r] + k, m - k);
        add(t.sum[r][0], row, w0);
        add(t.sum[r][1], row, w1);
    }
}

double squares(const float* x, int64_t m) {
    lanes sum = zero();
    int64_t k = 0;
    for (; k + 4 <= m; k += 4) {
        const lanes v = widen(x + k);
        add(sum, v, v);
    }
    if (k < m) {
        const lanes v = widen_tail(x + k, m - k);
        add(sum, v, v);
    }
    return add_lanes(sum);
}

// A block of rows stays in cache while W streams past once.
void block(oa_geometry* a, int64_t first, int64_t count) {
    const int64_t m = a->features, classes = a->classes;
    for (int64_t j = 0; j < classes; j += tile_classes) {
        const float* w[tile_classes];
        for (int64_t c = 0; c < tile_classes; c++)
            w[c] = a->weight_rows + (j + c < classes ? j + c : classes - 1) * a->weight_stride;
        for (int64_t r0 = 0; r0 < count; r0 += tile_rows) {
            const float* x[tile_rows];
            for (int64_t r = 0; r < tile_rows; r++)
                x[r] = a->feature_rows + (first + (r0 + r < count ? r0 + r : count - 1)) * a->feature_stride;
            tile t;
            products(x, w, m, t);
            for (int64_t r = 0; r < tile_rows && r0 + r < count; r++)
                for (int64_t c = 0; c < tile_classes && j + c < classes; c++)
                    a->scratch[(r0 + r) * classes + j + c] = add_lanes(t.sum[r][c]);
        }
    }
}

} // namespace

int32_t oa_f32_geometry__neon(oa_geometry* a) {
    const int32_t error = oa_geometry_check(a);
    if (error != OA_OK)
        return error;
    oa_geometry_start(a, OA_FORM_NEON);
    for (int64_t first = 0; first < a->rows; first += OA_GEOMETRY_ROWS) {
        const int64_t count = a->rows - first < OA_GEOMETRY_ROWS ? a->rows - first : OA_GEOMETRY_ROWS;
        block(a, first, count);
        for (int64_t r = 0; r < count; r++) {
            const int64_t row = first + r;
            const double sum = squares(a->feature_rows + row * a->feature_stride, a->features);
            oa_geometry_finish(a, row, a->scratch + r * a->classes, sum);
        }
    }
    return OA_OK;
}
