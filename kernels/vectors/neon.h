// Four floats beside each other, 64-bit Arm. All functions are local to the form that includes them.
#pragma once

#include <arm_neon.h>
#include <stdint.h>

#include "tiles.h"

namespace {

struct neon_vector {
    using vector = float32x4_t;
    static constexpr int64_t lanes = 4;
    static INLINE vector all(float value) { return vdupq_n_f32(value); }
    static INLINE vector all_of(const float* value) { return vld1q_dup_f32(value); }
    static INLINE vector load(const float* from) { return vld1q_f32(from); }
    static INLINE vector load_any(const float* from) { return vld1q_f32(from); }
    static INLINE void store(float* to, vector v) { vst1q_f32(to, v); }
    static INLINE void store_any(float* to, vector v) { vst1q_f32(to, v); }
    static INLINE vector absolute(vector v) { return vabsq_f32(v); }
    static INLINE vector add_product(vector sum, vector a, vector b) { return vfmaq_f32(sum, a, b); }
    static INLINE vector subtract_product(vector sum, vector a, vector b) { return vfmsq_f32(sum, a, b); }
    // v where gate > 0, else 0.
    static INLINE vector gated(vector v, vector gate) {
        return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(v), vcgtzq_f32(gate)));
    }
};

// Four rows of four, turned.
INLINE inline void turn(float32x4_t (&r)[4]) {
    const float32x4x2_t low = vtrnq_f32(r[0], r[1]), high = vtrnq_f32(r[2], r[3]);
    for (int i = 0; i < 2; i++) {
        r[i] = vcombine_f32(vget_low_f32(low.val[i]), vget_low_f32(high.val[i]));
        r[i + 2] = vcombine_f32(vget_high_f32(low.val[i]), vget_high_f32(high.val[i]));
    }
}

// Four of four rows, zeros for a row that is null, turned so that the rows lie beside each other.
inline void turn_rows(const float* const (&from)[4], int64_t at, float* to, int64_t stride) {
    float32x4_t r[4];
    for (int i = 0; i < 4; i++)
        r[i] = from[i] != nullptr ? vld1q_f32(from[i] + at) : vdupq_n_f32(0);
    turn(r);
    for (int i = 0; i < 4; i++)
        vst1q_f32(to + i * stride, r[i]);
}

} // namespace
