// Eight floats beside each other. All functions are local to the form that includes them.
#pragma once

#include <immintrin.h>
#include <stdint.h>

#include "tiles.h"

namespace {

struct avx2_vector {
    using vector = __m256;
    static constexpr int64_t lanes = 8;
    static INLINE vector all(float value) { return _mm256_set1_ps(value); }
    static INLINE vector all_of(const float* value) { return _mm256_broadcast_ss(value); }
    static INLINE vector load(const float* from) { return _mm256_load_ps(from); }
    static INLINE vector load_any(const float* from) { return _mm256_loadu_ps(from); }
    static INLINE void store(float* to, vector v) { _mm256_store_ps(to, v); }
    static INLINE void store_any(float* to, vector v) { _mm256_storeu_ps(to, v); }
    static INLINE vector absolute(vector v) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), v); }
    static INLINE vector add_product(vector sum, vector a, vector b) { return _mm256_fmadd_ps(a, b, sum); }
    static INLINE vector subtract_product(vector sum, vector a, vector b) { return _mm256_fnmadd_ps(a, b, sum); }
    // v where gate > 0, else 0.
    static INLINE vector gated(vector v, vector gate) {
        return _mm256_and_ps(v, _mm256_cmp_ps(gate, _mm256_setzero_ps(), _CMP_GT_OQ));
    }
};

// Eight rows of eight, turned.
INLINE inline void turn(__m256 (&r)[8]) {
    __m256 s[8];
    for (int i = 0; i < 8; i += 2) {
        s[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        s[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        r[i] = _mm256_shuffle_ps(s[i], s[i + 2], 0x44);
        r[i + 1] = _mm256_shuffle_ps(s[i], s[i + 2], 0xee);
        r[i + 2] = _mm256_shuffle_ps(s[i + 1], s[i + 3], 0x44);
        r[i + 3] = _mm256_shuffle_ps(s[i + 1], s[i + 3], 0xee);
    }
    for (int i = 0; i < 4; i++) {
        s[i] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x20);
        s[i + 4] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x31);
    }
    for (int i = 0; i < 8; i++)
        r[i] = s[i];
}

// Eight of eight rows, zeros for a row that is null, turned so that the rows lie beside each other.
inline void turn_rows(const float* const (&from)[8], int64_t at, float* to, int64_t stride) {
    __m256 r[8];
    for (int i = 0; i < 8; i++)
        r[i] = from[i] != nullptr ? _mm256_loadu_ps(from[i] + at) : _mm256_setzero_ps();
    turn(r);
    for (int i = 0; i < 8; i++)
        _mm256_store_ps(to + i * stride, r[i]);
}

} // namespace
