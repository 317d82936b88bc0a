// The walk of the vector forms over 3x3 layers at stride 1 (filter_saliency.md, Winograd): boxes of squares of outputs,
// panels of filters, chunks of channels; a form gives the vector operations. All functions are local to the form that
// includes them.
#pragma once

#include <string.h>

#include "filter_saliency_minimal.h"
#include "filter_saliency_plan.h"

namespace {

// Places of a box's squares: [rows of squares][places down][squares across][places across].
struct places {
    int64_t edge;          // from one square to the next
    int64_t reach;         // places along a square's edge
    int64_t down, across;  // squares
    int64_t row, column;   // of the first place
    int64_t rows, columns; // past the last that exists; from 0
    int64_t first_row;     // of those that are in memory
    int64_t width, zero;   // places in memory: in a row, and before one that is zero
    int64_t step;          // floats of a place
};

inline void write_offsets(const places& p, int32_t* to) {
    constexpr int64_t limit = 128 * 4; // squares_together times the reach, at most
    int32_t columns[limit];
    for (int64_t square = 0; square < p.across; square++)
        for (int64_t i = 0; i < p.reach; i++) {
            const int64_t column = p.column + square * p.edge + i;
            columns[square * p.reach + i] = column < 0 || column >= p.columns ? -1 : (int32_t)(column * p.step);
        }
    const int64_t along = p.across * p.reach;
    const int32_t zero = (int32_t)(p.zero * p.step);
    for (int64_t square = 0; square < p.down; square++)
        for (int64_t i = 0; i < p.reach; i++, to += along) {
            const int64_t row = p.row + square * p.edge + i;
            const bool outside = row < 0 || row >= p.rows;
            const int32_t start = (int32_t)((row - p.first_row) * p.width * p.step);
            for (int64_t j = 0; j < along; j++)
                to[j] = outside || columns[j] < 0 ? zero : start + columns[j];
        }
}

struct squares_workspace {
    int32_t *offsets, *gradient_offsets;
    float *input, *panel, *data, *gradient, *sums;
};

// Rows of X that the squares of a box meet.
struct rows_of_input {
    int64_t first, last;
};

inline rows_of_input input_rows(const winograd_plan& p, int64_t from, int64_t down) {
    const int64_t top = from * p.edge + p.rows_first, bottom = top + down * p.edge + 2;
    const int64_t end = p.rows_end > 0 ? p.rows_end : 0, last = bottom < end ? bottom : end;
    const int64_t first = top < 0 ? 0 : top;
    return {first < last ? first : 0, first < last ? last : 0};
}

// Where the places of a box's squares lie in the turned X and in a turned panel of dY.
inline void write_offsets(const oa_filter_saliency* a, const winograd_plan& p, int64_t from, int64_t down,
                          const squares_workspace& w) {
    const rows_of_input rows = input_rows(p, from, down);
    const int64_t top = from * p.edge, left = a->output.height - top, outputs = a->output.width;
    write_offsets({p.edge, p.edge + 2, down, p.across, top + p.rows_first, p.columns_first, p.rows_end, p.columns_end,
                   rows.first, a->input.width, (rows.last - rows.first) * a->input.width, p.row},
                  w.offsets);
    write_offsets({p.edge, p.edge, down, p.across, top, 0, a->output.height, outputs, top, outputs,
                   (left < down * p.edge ? left : down * p.edge) * outputs, panel_filters},
                  w.gradient_offsets);
}

// Every square of a box for a chunk of channels: to[position][square][row].
template <class F, int M>
void transform_squares(const winograd_plan& p, int64_t down, const float* input, const int32_t* offsets, float* to) {
    for (int64_t h = 0; h < down; h++, offsets += (M + 2) * p.across * (M + 2))
        for (int64_t w = 0; w < p.across; w++, to += p.row)
            for (int64_t c = 0; c < p.row; c += F::lanes) {
                const int32_t* const place = offsets + w * (M + 2);
                transform_data<F, M>([&](auto i, auto j)
                                         INLINE { return F::load(input + c + place[i * p.across * (M + 2) + j]); },
                                     [&](auto i, auto j, auto value)
                                         INLINE { F::store(to + c + (i * (M + 2) + j) * p.data_step, value); });
            }
}

// The same of a panel of dY: to[position][square][width].
template <class F, int M, int V>
void transform_panel(const winograd_plan& p, int64_t down, const float* panel, const int32_t* offsets, float* to) {
    constexpr int64_t width = V * F::lanes, scale = panel_filters / width;
    for (int64_t h = 0; h < down; h++, offsets += M * p.across * M)
        for (int64_t w = 0; w < p.across; w++, to += width)
            for (int64_t k = 0; k < width; k += F::lanes) {
                const int32_t* const place = offsets + w * M;
                transform_gradient<F, M>(
                    [&](auto i, auto j) INLINE { return F::load(panel + k + place[i * p.across * M + j] / scale); },
                    [&](auto i, auto j, auto value)
                        INLINE { F::store(to + k + (i * (M + 2) + j) * p.gradient_step, value); });
            }
}

// Products of a tile of channels with a panel of filters, over the squares of a box.
struct product {
    const float* data;     // [positions][squares][row]
    const float* gradient; // [positions][squares][width]
    float* sums;           // [channels][positions][width]
    bool first, last;      // is there no box before; is there none to come
    double* totals;        // with the last box the absolute gradients are added here: one per filter of the panel
};

// The nine absolute gradients of each of J channels.
template <class F, int M, int J, int V> INLINE inline void sum_channels(const product& q) {
    constexpr int64_t width = V * F::lanes, positions = (M + 2) * (M + 2);
    float all[width];
    each<V>([&](auto v) INLINE {
        const float* from = q.sums + v * F::lanes;
        typename F::vector total = F::all(0);
        for (int c = 0; c < J; c++, from += positions * width)
            total = total +
                    sum_of_taps<F, M>([&](auto i, auto j) INLINE { return F::load(from + (i * (M + 2) + j) * width); });
        F::store_any(all + v * F::lanes, total);
    });
    for (int64_t k = 0; k < width; k++)
        q.totals[k] += (double)all[k];
}

// J channels by V vectors of filters.
template <class F, int M, int J, int V> void multiply(const winograd_plan& p, int64_t squares, const product& q) {
    using vector = typename F::vector;
    constexpr int64_t width = V * F::lanes, positions = (M + 2) * (M + 2);
    for (int64_t position = 0; position < positions; position++) {
        const float* data = q.data + position * p.data_step;
        const float* gradient = q.gradient + position * p.gradient_step;
        float* const sums = q.sums + position * width;
        vector sum[J][V];
        each<J>([&](auto j) INLINE {
            each<V>([&](auto v) INLINE {
                sum[j][v] = q.first ? F::all(0) : F::load(sums + j * positions * width + v * F::lanes);
            });
        });
        const float* const end = data + squares * p.row;
        for (; data != end; data += p.row, gradient += width) {
            vector g[V];
            each<V>([&](auto v) INLINE { g[v] = F::load(gradient + v * F::lanes); });
            each<J>([&](auto j) INLINE {
                const vector value = F::all_of(data + j);
                each<V>([&](auto v) INLINE { sum[j][v] = F::add_product(sum[j][v], value, g[v]); });
            });
        }
        each<J>([&](auto j) INLINE {
            each<V>([&](auto v) INLINE { F::store(sums + j * positions * width + v * F::lanes, sum[j][v]); });
        });
    }
    if (q.last)
        sum_channels<F, M, J, V>(q);
}

using product_function = void (*)(const winograd_plan&, int64_t, const product&);

// All channels of a box with a panel, chunk by chunk and tile by tile.
template <class F, int M, int V, int... J>
void multiply_all(const winograd_plan& p, int64_t channels, int64_t squares, product q, int64_t sums_step,
                  std::integer_sequence<int, J...>) {
    constexpr product_function tiles[] = {multiply<F, M, J + 1, V>...};
    constexpr int64_t limit = F::squares.channels;
    for (const float* chunk = q.data; channels > 0; channels -= p.row, chunk += p.positions * p.data_step) {
        const int64_t here = channels < p.row ? channels : p.row;
        for (int64_t c = 0; c < here; c += limit) {
            const int64_t taken = here - c < limit ? here - c : limit;
            q.data = chunk + c;
            tiles[taken - 1](p, squares, q);
            q.sums += taken * sums_step;
        }
    }
}

// Some filters of a group on one box of squares.
struct squares_visit {
    int64_t sample, base, first, last; // filters of the group, whose first is `base`
    const float *x, *gradient;         // of the group
    int64_t from, down;                // rows of squares
};

template <class F, int M, int V>
void visit_panel(const oa_filter_saliency* a, const plan& p, const squares_workspace& w, const squares_visit& v,
                 int64_t k, int64_t taken) {
    const winograd_plan& s = p.winograd;
    constexpr int64_t width = V * F::lanes;
    const int64_t outputs = a->output.width, begin = v.from * M, left = a->output.height - begin;
    const int64_t rows = left < v.down * M ? left : v.down * M;
    F::pack(v.gradient + k * p.outputs + begin * outputs, p.outputs, taken, rows * outputs, width, w.panel);
    memset(w.panel + rows * outputs * width, 0, (size_t)width * sizeof(float));
    transform_panel<F, M, V>(s, v.down, w.panel, w.gradient_offsets, w.gradient);
    double totals[width] = {};
    float* const sums = w.sums + (s.whole ? 0 : (k - v.first) / panel_filters * p.channels * s.channel_sums);
    const product q = {w.data, w.gradient, sums, v.from == 0, v.from + v.down == s.down, totals};
    multiply_all<F, M, V>(s, p.channels, v.down * s.across, q, s.whole ? 0 : s.channel_sums,
                          std::make_integer_sequence<int, F::squares.channels>());
    constexpr double factor = minimal<M>::factor * minimal<M>::factor;
    for (int64_t i = 0; q.last && i < taken; i++)
        oa_filter_saliency_store(a, v.sample, v.base + k + i, totals[i] / factor);
}

// X of a box turned and transformed, then every panel of filters.
template <class F, int M>
void visit_squares(const oa_filter_saliency* a, const plan& p, const squares_workspace& w, const squares_visit& v) {
    const winograd_plan& s = p.winograd;
    const rows_of_input rows = input_rows(s, v.from, v.down);
    const int64_t width = a->input.width, volume = a->input.height * width, places = (rows.last - rows.first) * width;
    if (!s.whole)
        write_offsets(a, s, v.from, v.down, w);
    float* data = w.data;
    for (int64_t c = 0; c < p.channels; c += s.row, data += s.positions * s.data_step) {
        const int64_t channels = p.channels - c < s.row ? p.channels - c : s.row;
        F::pack(v.x + c * volume + rows.first * width, volume, channels, places, s.row, w.input);
        memset(w.input + places * s.row, 0, (size_t)s.row * sizeof(float));
        transform_squares<F, M>(s, v.down, w.input, w.offsets, data);
    }
    for (int64_t k = v.first; k < v.last; k += panel_filters) {
        const int64_t taken = v.last - k < panel_filters ? v.last - k : panel_filters;
        constexpr int64_t narrow = F::lanes < 8 ? 8 : F::lanes;
        if (taken <= narrow)
            visit_panel<F, M, narrow / F::lanes>(a, p, w, v, k, taken);
        else
            visit_panel<F, M, panel_filters / F::lanes>(a, p, w, v, k, taken);
    }
}

inline squares_workspace divide_workspace(const winograd_plan& p, float* start) {
    return {(int32_t*)start,    (int32_t*)(start + p.at_gradient_offsets),
            start + p.at_input, start + p.at_panel,
            start + p.at_data,  start + p.at_gradient,
            start + p.at_sums};
}

// Filters [first, last) of a group of one sample.
template <class F>
void winograd(const oa_filter_saliency* a, const plan& p, const squares_workspace& w, squares_visit v) {
    const winograd_plan& s = p.winograd;
    const int64_t end = v.last;
    for (; v.first < end; v.first = v.last) {
        v.last = v.first + s.together < end ? v.first + s.together : end;
        for (v.from = 0; v.from < s.down; v.from += v.down) {
            v.down = s.down - v.from < s.box ? s.down - v.from : s.box;
            if (s.edge == 2)
                visit_squares<F, 2>(a, p, w, v);
            else
                visit_squares<F, 4>(a, p, w, v);
        }
    }
}

} // namespace
