// The NEON form of the Winograd convolution (winograd_conv.md).
// Tolerance against the scalar form: float32 transforms and sums over the channels.
#include "../vectors/neon.h"
#include "winograd_conv_walk.h"

namespace {

struct neon : neon_vector {
    static constexpr int squares = 6;    // of a tile, in registers
    static constexpr int64_t turned = 4; // rows that are turned together

    using row = float32x4_t;
    static INLINE row load_row(const float* from) { return vld1q_f32(from); }
    static INLINE void store_row(float* to, row value) { vst1q_f32(to, value); }
    static INLINE row gated(row value, row gate) { return neon_vector::gated(value, gate); }
};

} // namespace

int32_t oa_f32_winograd_conv__neon(oa_winograd_conv* a) {
    return run<neon>(a, OA_FORM_NEON);
}
