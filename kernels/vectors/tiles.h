// How tiles of sums are written so that they stay in registers. All functions are local to the form that includes them.
#pragma once

#include <utility>

namespace {

// Calls f(0) to f(N - 1) with constants: only then does an array of sums stay in registers.
#define INLINE __attribute__((always_inline))
template <int... I, class F> INLINE inline void each(std::integer_sequence<int, I...>, F f) {
    (f(std::integral_constant<int, I>{}), ...);
}
template <int N, class F> INLINE inline void each(F f) {
    each(std::make_integer_sequence<int, N>{}, f);
}

// Keeps an address whole: the compiler would split it to share its parts, at an addition for every use.
INLINE inline const float* in_register(const float* p) {
    asm("" : "+r"(p));
    return p;
}

} // namespace
