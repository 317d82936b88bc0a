// The walk of the vector forms (winograd_conv.md): blocks of rows of squares, chunks of channels, panels of filters; a
// form gives the vector operations. All functions are local to the form that includes them.
#pragma once

#include <string.h>

#include "winograd_conv_plan.h"

namespace {

// Rows of squares of one sample, and the first of their squares in the block.
struct piece {
    int64_t sample, from, down, square;
};

struct workspace {
    float *input, *data, *products, *output, *turned;
};

// A row of up to 16 channels' places beside each other; a null channel is zeros. `ahead` floats may be read.
template <class F> void turn_row(const float* const (&channels)[panel], int64_t places, int64_t ahead, float* to) {
    constexpr int64_t width = F::turned;
    for (int64_t c = 0; c < panel; c += width) {
        const float* from[width];
        for (int64_t i = 0; i < width; i++)
            from[i] = channels[c + i];
        int64_t at = 0;
        for (; at < places && at + width <= ahead; at += width)
            turn_rows(from, at, to + at * panel + c, panel);
        for (; at < places; at++)
            for (int64_t i = 0; i < width; i++)
                to[at * panel + c + i] = from[i] != nullptr ? from[i][at] : 0.0f;
    }
}

inline void clear(float* places, int64_t count) {
    if (count > 0)
        memset(places, 0, (size_t)(count * panel) * sizeof(float));
}

// The rows of X that a piece meets, of 16 channels, with zeros where there is no X. Rows go downwards: what is copied
// past the end of one is overwritten by the next.
template <class F> void turn_input(const oa_winograd_conv* a, const plan& p, const piece& q, int64_t c, float* to) {
    const int64_t width = a->input_width, volume = a->input_height * width;
    const int64_t left = a->pad_left < p.width ? a->pad_left : p.width;
    const int64_t places = width < p.width - left ? width : p.width - left;
    const float* const x = a->x + q.sample * a->input_stride + c * volume;
    for (int64_t i = 0; i < q.down * a->edge + 2; i++, to += p.width * panel) {
        const int64_t row = q.from * a->edge + i - a->pad_top;
        if (row < 0 || row >= a->input_height) {
            clear(to, p.width);
            continue;
        }
        const float* channels[panel];
        for (int64_t k = 0; k < panel; k++)
            channels[k] = c + k < a->channels ? x + k * volume + row * width : nullptr;
        clear(to, left);
        turn_row<F>(channels, places, volume - row * width, to + left * panel);
        clear(to + (left + places) * panel, p.width - left - places);
    }
}

// Every square of a piece for 16 channels: to[position][square][16].
template <class F, int M> void transform_squares(const plan& p, const piece& q, const float* input, float* to) {
    for (int64_t h = 0; h < q.down; h++, input += M * p.width * panel)
        for (int64_t w = 0; w < p.across; w++, to += panel)
            for (int64_t c = 0; c < panel; c += F::lanes) {
                const float* const place = input + w * M * panel + c;
                transform_data<F, M>([&](auto i, auto j) INLINE { return F::load(place + (i * p.width + j) * panel); },
                                     [&](auto i, auto j, auto value)
                                         INLINE { F::store(to + c + (i * (M + 2) + j) * p.data_step, value); });
            }
}

// J squares by 16 filters at one position, over all channels.
struct tile {
    int64_t channels, chunk_step;
    const float *data, *weights;
    float* products;
};

template <class F, int J> void multiply(const tile& t) {
    using vector = typename F::vector;
    constexpr int V = panel / F::lanes;
    vector sum[J][V];
    each<J>([&](auto j) INLINE { each<V>([&](auto v) INLINE { sum[j][v] = F::all(0); }); });
    const float *weights = t.weights, *chunk = t.data;
    for (int64_t left = t.channels; left > 0; left -= panel, chunk += t.chunk_step) {
        const float *data = chunk, *const end = chunk + (left < panel ? left : panel);
        for (; data != end; data++, weights += panel) {
            vector w[V];
            each<V>([&](auto v) INLINE { w[v] = F::load_any(weights + v * F::lanes); });
            each<J>([&](auto j) INLINE {
                const vector value = F::all_of(data + j * panel);
                each<V>([&](auto v) INLINE { sum[j][v] = F::add_product(sum[j][v], value, w[v]); });
            });
        }
    }
    each<J>([&](auto j) INLINE {
        each<V>([&](auto v) INLINE { F::store(t.products + j * panel + v * F::lanes, sum[j][v]); });
    });
}

using tile_function = void (*)(const tile&);

// All positions, panels and squares of a block.
template <class F, int... J>
void multiply_all(const oa_winograd_conv* a, const plan& p, int64_t squares, const workspace& w,
                  std::integer_sequence<int, J...>) {
    constexpr tile_function tiles[] = {multiply<F, J + 1>...};
    const int64_t tall = divide_up(squares, divide_up(squares, F::squares));
    const float* weights = a->weights;
    for (int64_t position = 0; position < p.positions; position++)
        for (int64_t k = 0; k < p.panels; k++, weights += a->channels * panel) {
            const float* const data = w.data + position * p.data_step;
            float* const products = w.products + position * p.output_step + k * p.squares * panel;
            for (int64_t at = 0; at < squares; at += tall) {
                const int64_t taken = squares - at < tall ? squares - at : tall;
                tiles[taken - 1]({a->channels, p.squares * panel, data + at * panel, weights, products + at * panel});
            }
        }
}

// A row of 16 filters' outputs, [places][16], turned so that each filter's lie together. Rows go downwards here too:
// the next overwrites what is written past the end of one.
template <class F> void turn_outputs(const plan& p, const float* from, int64_t places, float* to) {
    constexpr int64_t width = F::turned;
    for (int64_t k = 0; k < panel; k += width)
        for (int64_t place = 0; place < places; place += width) {
            typename F::row rows[width];
            for (int64_t i = 0; i < width; i++)
                rows[i] = F::load_row(from + (place + i) * panel + k);
            turn(rows);
            for (int64_t i = 0; i < width; i++)
                F::store_row(to + (k + i) * p.turned_step + place, rows[i]);
        }
}

// Outputs of one filter, added to and gated. They lie in one piece in every tensor; several filters at once would meet
// in one set of the cache where a map's size is a power of two.
template <class F> void store(const oa_winograd_conv* a, const float* from, int64_t count, int64_t at) {
    constexpr int64_t width = F::turned;
    float* const y = a->y + at;
    const float* const addend = a->addend != nullptr ? a->addend + at : nullptr;
    const float* const gate = a->gate != nullptr ? a->gate + at : nullptr;
    int64_t i = 0;
    for (; i + width <= count; i += width) {
        typename F::row value = F::load_row(from + i);
        if (addend != nullptr)
            value = value + F::load_row(addend + i);
        if (gate != nullptr)
            value = F::gated(value, F::load_row(gate + i));
        F::store_row(y + i, value);
    }
    for (; i < count; i++) {
        const float value = addend != nullptr ? from[i] + addend[i] : from[i];
        y[i] = gate != nullptr && !(gate[i] > 0) ? 0.0f : value;
    }
}

// The outputs of a piece, from the sums of its products.
template <class F, int M>
void write_outputs(const oa_winograd_conv* a, const plan& p, const piece& q, const workspace& w) {
    for (int64_t h = 0; h < q.down; h++)
        for (int64_t k = 0; k < a->filters; k += panel) {
            const int64_t row = (q.from + h) * M, along = p.across * M;
            const float* products = w.products + (k * p.squares + (q.square + h * p.across) * panel);
            for (int64_t s = 0; s < p.across; s++, products += panel)
                for (int64_t v = 0; v < panel; v += F::lanes)
                    transform_products<F, M>(
                        [&](auto i, auto j)
                            INLINE { return F::load(products + v + (i * (M + 2) + j) * p.output_step); },
                        [&](auto i, auto j, auto value)
                            INLINE { F::store(w.output + (i * along + s * M + j) * panel + v, value); });
            const int64_t rows = a->output_height - row < M ? a->output_height - row : M,
                          count = rows * a->output_width;
            for (int64_t i = 0; i < rows; i++)
                turn_outputs<F>(p, w.output + i * along * panel, a->output_width, w.turned + i * a->output_width);
            const int64_t filters = a->filters - k < panel ? a->filters - k : panel;
            for (int64_t i = 0; i < filters; i++)
                store<F>(a, w.turned + i * p.turned_step, count,
                         q.sample * a->output_stride + ((k + i) * a->output_height + row) * a->output_width);
        }
}

// Rows of squares [first, last).
template <class F, int M>
void visit_block(const oa_winograd_conv* a, const plan& p, const workspace& w, int64_t first, int64_t last) {
    const auto pieces = [&](auto visit) INLINE {
        for (int64_t at = first, square = 0; at < last;) {
            const int64_t from = at % p.down, down = last - at < p.down - from ? last - at : p.down - from;
            visit(piece{at / p.down, from, down, square});
            square += down * p.across;
            at += down;
        }
    };
    pieces([&](const piece& q) INLINE {
        for (int64_t c = 0; c < a->channels; c += panel) {
            turn_input<F>(a, p, q, c, w.input);
            transform_squares<F, M>(p, q, w.input, w.data + c * p.squares + q.square * panel);
        }
    });
    multiply_all<F>(a, p, (last - first) * p.across, w, std::make_integer_sequence<int, F::squares>());
    pieces([&](const piece& q) INLINE { write_outputs<F, M>(a, p, q, w); });
}

template <class F> int32_t run(oa_winograd_conv* a, int64_t form) {
    if (a == nullptr)
        return OA_NULL_POINTER;
    if (!shape_is_good(a))
        return OA_BAD_SHAPE;
    const plan p = make_plan(a);
    a->workspace_needed = p.needed;
    const int32_t error = check_memory(a);
    if (error != OA_OK)
        return error;
    a->form = form;
    float* const start = (float*)(((uintptr_t)a->workspace + 63) & ~(uintptr_t)63);
    const workspace w = {start, start + p.at_data, start + p.at_products, start + p.at_output, start + p.at_turned};
    for (int64_t row = a->first_row; row < a->last_row; row += p.box) {
        const int64_t last = row + p.box < a->last_row ? row + p.box : a->last_row;
        if (a->edge == 2)
            visit_block<F, 2>(a, p, w, row, last);
        else
            visit_block<F, 4>(a, p, w, row, last);
    }
    return OA_OK;
}

} // namespace
