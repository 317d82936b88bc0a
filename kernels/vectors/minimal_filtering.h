// Winograd's minimal filtering, the part that depends on its points alone: what M + 2 places along one axis become
// before they are multiplied. All functions are local to the form that includes them.
#pragma once

#include "tiles.h"

namespace {

template <int M> struct minimal_data;

// Points 0, 1, -1 and infinity.
template <> struct minimal_data<2> {
    template <class F, class V> static INLINE void data(const V (&d)[4], V (&to)[4]) {
        to[0] = d[0] - d[2];
        to[1] = d[1] + d[2];
        to[2] = d[2] - d[1];
        to[3] = d[3] - d[1];
    }
};

// Points 0, 1, -1, 2, -2 and infinity.
template <> struct minimal_data<4> {
    template <class F, class V> static INLINE void data(const V (&d)[6], V (&to)[6]) {
        const V four = F::all(4), odd = d[3] - d[1], even = d[4] - d[2];
        const V far_even = F::subtract_product(d[4], four, d[2]), far_odd = F::subtract_product(d[3], four, d[1]);
        to[0] = F::add_product(even, four, d[0] - d[2]);
        to[1] = far_even + far_odd;
        to[2] = far_even - far_odd;
        to[3] = F::add_product(even, F::all(2), odd);
        to[4] = F::subtract_product(even, F::all(2), odd);
        to[5] = F::subtract_product(d[5] - d[3], four, odd);
    }
};

// A square of X, of places [M+2][M+2], by reading: at(i, j).
template <class F, int M, class At, class Put> INLINE inline void transform_data(At at, Put put) {
    using V = typename F::vector;
    V half[M + 2][M + 2];
    each<M + 2>([&](auto j) INLINE {
        V column[M + 2], turned[M + 2];
        each<M + 2>([&](auto i) INLINE { column[i] = at(i, j); });
        minimal_data<M>::template data<F>(column, turned);
        each<M + 2>([&](auto i) INLINE { half[i][j] = turned[i]; });
    });
    each<M + 2>([&](auto i) INLINE {
        V turned[M + 2];
        minimal_data<M>::template data<F>(half[i], turned);
        each<M + 2>([&](auto j) INLINE { put(i, j, turned[j]); });
    });
}

} // namespace
