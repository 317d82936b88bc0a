// Winograd's minimal filtering for weight gradients (filter_saliency.md): along one axis three gradients
//     y[i] = sum over m < M of d[i + m] * g[m]
// of M outputs' dY and the M + 2 places of X they meet take M + 2 products instead of 3 M:
//     y = A' ((G g) * (D d)), up to the factors that `weight` holds.
// All functions are local to the form that includes them.
#pragma once

#include "../vectors/minimal_filtering.h"

namespace {

template <int M> struct minimal;

// Points 0, 1, -1 and infinity.
template <> struct minimal<2> {
    // 2 y = out.
    static constexpr float weight[3] = {1, 1, 1};
    static constexpr double factor = 2;

    template <class F, class V> static INLINE void gradient(const V (&g)[2], V (&to)[4]) {
        to[0] = g[0];
        to[1] = g[0] + g[1];
        to[2] = g[0] - g[1];
        to[3] = g[1];
    }
    template <class F, class V> static INLINE void out(const V (&m)[4], V (&to)[3]) {
        const V sum = m[1] + m[2];
        to[0] = F::add_product(sum, F::all(2), m[0]);
        to[1] = m[1] - m[2];
        to[2] = F::add_product(sum, F::all(2), m[3]);
    }
};

// Points 0, 1, -1, 2, -2 and infinity.
template <> struct minimal<4> {
    // 24 y = weight * out.
    static constexpr float weight[3] = {1, 2, 4};
    static constexpr double factor = 24;

    template <class F, class V> static INLINE void gradient(const V (&g)[4], V (&to)[6]) {
        const V four = F::all(4), even = g[0] + g[2], odd = g[1] + g[3];
        const V far_even = F::add_product(g[0], four, g[2]), far_odd = F::add_product(g[1], four, g[3]);
        to[0] = g[0];
        to[1] = even + odd;
        to[2] = even - odd;
        to[3] = F::add_product(far_even, F::all(2), far_odd);
        to[4] = F::subtract_product(far_even, F::all(2), far_odd);
        to[5] = g[3];
    }
    template <class F, class V> static INLINE void out(const V (&m)[6], V (&to)[3]) {
        const V six = F::all(6), near = m[1] + m[2], far = m[3] + m[4] - near;
        to[0] = F::add_product(F::subtract_product(far, F::all(3), near), six, m[0]);
        to[1] = F::subtract_product(m[3] - m[4], F::all(2), m[1] - m[2]);
        to[2] = F::add_product(far, six, m[5]);
    }
};

// A square of dY, [M][M].
template <class F, int M, class At, class Put> INLINE inline void transform_gradient(At at, Put put) {
    using V = typename F::vector;
    V half[M + 2][M];
    each<M>([&](auto j) INLINE {
        V column[M], turned[M + 2];
        each<M>([&](auto i) INLINE { column[i] = at(i, j); });
        minimal<M>::template gradient<F>(column, turned);
        each<M + 2>([&](auto i) INLINE { half[i][j] = turned[i]; });
    });
    each<M + 2>([&](auto i) INLINE {
        V turned[M + 2];
        minimal<M>::template gradient<F>(half[i], turned);
        each<M + 2>([&](auto j) INLINE { put(i, j, turned[j]); });
    });
}

// The sum of the nine absolute gradients, times factor squared, from the sums of products [M+2][M+2].
template <class F, int M, class At> INLINE inline typename F::vector sum_of_taps(At at) {
    using V = typename F::vector;
    V half[3][M + 2], total;
    each<M + 2>([&](auto j) INLINE {
        V column[M + 2], turned[3];
        each<M + 2>([&](auto i) INLINE { column[i] = at(i, j); });
        minimal<M>::template out<F>(column, turned);
        each<3>([&](auto i) INLINE { half[i][j] = turned[i]; });
    });
    each<3>([&](auto i) INLINE {
        V taps[3];
        minimal<M>::template out<F>(half[i], taps);
        const float* const weight = minimal<M>::weight;
        V row = F::absolute(taps[0]);
        row = F::add_product(row, F::all(weight[1]), F::absolute(taps[1]));
        row = F::add_product(row, F::all(weight[2]), F::absolute(taps[2]));
        if constexpr (i == 0)
            total = row;
        else
            total = F::add_product(total, F::all(weight[i]), row);
    });
    return total;
}

} // namespace
