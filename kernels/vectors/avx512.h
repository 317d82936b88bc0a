// Sixteen floats beside each other. All functions are local to the form that includes them.
#pragma once

#include <immintrin.h>
#include <stdint.h>

#include "tiles.h"

namespace {

struct avx512_vector {
    using vector = __m512;
    static constexpr int64_t lanes = 16;
    static INLINE vector all(float value) { return _mm512_set1_ps(value); }
    static INLINE vector all_of(const float* value) { return _mm512_set1_ps(*value); }
    static INLINE vector load(const float* from) { return _mm512_load_ps(from); }
    static INLINE vector load_any(const float* from) { return _mm512_loadu_ps(from); }
    static INLINE void store(float* to, vector v) { _mm512_store_ps(to, v); }
    static INLINE void store_any(float* to, vector v) { _mm512_storeu_ps(to, v); }
    static INLINE vector absolute(vector v) { return _mm512_abs_ps(v); }
    static INLINE vector add_product(vector sum, vector a, vector b) { return _mm512_fmadd_ps(a, b, sum); }
    static INLINE vector subtract_product(vector sum, vector a, vector b) { return _mm512_fnmadd_ps(a, b, sum); }
};

} // namespace
