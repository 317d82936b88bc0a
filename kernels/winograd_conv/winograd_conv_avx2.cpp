// The AVX2 + FMA form of the Winograd convolution (winograd_conv.md).
// Tolerance against the scalar form: float32 transforms and sums over the channels.
// This file alone is compiled with -mavx2 -mfma; it must define nothing that another file could be linked to.
#include "../vectors/avx2.h"
#include "winograd_conv_walk.h"

namespace {

struct avx2 : avx2_vector {
    static constexpr int squares = 6;    // of a tile, in registers
    static constexpr int64_t turned = 8; // rows that are turned together

    using row = __m256;
    static INLINE row load_row(const float* from) { return _mm256_loadu_ps(from); }
    static INLINE void store_row(float* to, row value) { _mm256_storeu_ps(to, value); }
    static INLINE row gated(row value, row gate) { return avx2_vector::gated(value, gate); }
};

} // namespace

int32_t oa_f32_winograd_conv__avx2(oa_winograd_conv* a) {
    return run<avx2>(a, OA_FORM_AVX2);
}
