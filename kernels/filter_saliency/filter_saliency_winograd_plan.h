// Whether a layer's squares of outputs are worth transforming (filter_saliency.md, Winograd), and where everything lies
// in the workspace then. All functions are local to the form that includes them.
#pragma once

#include "filter_saliency_shape.h"

namespace {

constexpr int64_t panel_filters = 16; // filters side by side in the vector registers
constexpr int64_t cache_line = 16;    // floats

inline int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

inline int64_t even_part(int64_t whole, int64_t limit) {
    return divide_up(whole, divide_up(whole, limit));
}

inline int64_t lines(int64_t floats) {
    return divide_up(floats, cache_line) * cache_line;
}

constexpr int64_t waiting_products = 524288; // floats of sums that may wait between boxes of squares

// What a form asks of the squares' plan.
struct winograd_form {
    int64_t channels; // of a tile, in registers
    int64_t chunk;    // channels that are turned together, a multiple of these
    int64_t vector;   // of channels, and the least number of filters beside each other
};

struct winograd_plan {
    int64_t edge;                      // outputs along a square's edge, 0: the layer is not transformed
    int64_t positions;                 // products of a square
    int64_t down, across;              // squares of a map
    int64_t box;                       // rows of squares taken together
    bool whole;                        // one box is everything
    int64_t row, chunks;               // channels of a chunk, rounded up to vectors
    int64_t together;                  // filters that share one visit of a box
    int64_t rows_first, columns_first; // of X under the first output
    int64_t rows_end, columns_end;     // of X, past the last that any output meets
    int64_t data_step, gradient_step;  // floats from one position to the next
    int64_t channel_sums;              // floats of the sums of a channel with a panel
    int64_t at_gradient_offsets, at_input, at_panel, at_data, at_gradient, at_sums; // data offsets come first
    int64_t needed;
};

// Squares of a box: enough for the products' loop, few enough for the transformed panel to stay in the second cache.
inline int64_t squares_together(int64_t edge) {
    return edge == 2 ? 128 : 64;
}

// Floats from one position to the next, such that the positions of a square do not meet in a few sets of the cache.
inline int64_t apart(int64_t floats) {
    return lines(floats) % (8 * cache_line) == 0 ? lines(floats) + cache_line : lines(floats);
}

inline bool has_squares(const oa_filter_saliency* a) {
    return a->kernel.depth == 1 && a->kernel.height == 3 && a->kernel.width == 3 && a->stride.height == 1 &&
           a->stride.width == 1 && a->dilation.height == 1 && a->dilation.width == 1 && a->input.depth == 1 &&
           a->output.depth == 1 && a->pad.depth == 0;
}

// Multiply-adds of one sample, or what takes as long: a transformed value eight of them, the transform of a channel's
// and filter's sums `ends`.
inline double winograd_cost(const oa_filter_saliency* a, int64_t channels, int64_t filters, int64_t edge,
                            int64_t vector) {
    const double squares = (double)(divide_up(a->output.height, edge) * divide_up(a->output.width, edge));
    const double places = (double)((edge + 2) * (edge + 2)), ends = edge == 2 ? 30 : 90;
    const double width = (double)(divide_up(filters, vector) * vector);
    const double row = (double)(divide_up(channels, vector) * vector), pairs = (double)channels * width;
    return squares * places * (pairs + 8 * (row + width)) + pairs * ends;
}

inline double direct_cost(const oa_filter_saliency* a, int64_t channels, int64_t filters) {
    return 9.0 * (double)(a->output.height * a->output.width * channels * (divide_up(filters, 8) * 8));
}

inline int64_t choose_edge(const oa_filter_saliency* a, int64_t channels, int64_t filters, int64_t vector) {
    if (!has_squares(a) || filters < 8)
        return 0;
    int64_t best = 0;
    double least = direct_cost(a, channels, filters);
    for (int64_t edge = 2; edge <= 4; edge += 2) {
        const double cost = winograd_cost(a, channels, filters, edge, vector);
        if (divide_up(a->output.width, edge) <= squares_together(edge) && cost < least) {
            best = edge;
            least = cost;
        }
    }
    return best;
}

// Channels and filters are those of one group.
inline winograd_plan make_winograd_plan(const oa_filter_saliency* a, int64_t channels, int64_t filters,
                                        const winograd_form& form) {
    winograd_plan p = {};
    p.edge = choose_edge(a, channels, filters, form.vector);
    if (p.edge == 0)
        return p;
    const int64_t reach = p.edge + 2;
    p.positions = reach * reach;
    p.down = divide_up(a->output.height, p.edge);
    p.across = divide_up(a->output.width, p.edge);
    p.box = even_part(p.down, squares_together(p.edge) / p.across);
    p.whole = p.box == p.down;
    p.rows_first = -a->pad.height;
    p.columns_first = -a->pad.width;
    const int64_t rows = a->output.height + 2 - a->pad.height, columns = a->output.width + 2 - a->pad.width;
    p.rows_end = rows < a->input.height ? rows : a->input.height;
    p.columns_end = columns < a->input.width ? columns : a->input.width;
    p.row = divide_up(even_part(channels, form.chunk), form.vector) * form.vector;
    p.chunks = divide_up(channels, p.row);
    const int64_t squares = p.box * p.across;
    p.data_step = apart(squares * p.row);
    p.gradient_step = apart(squares * panel_filters);
    // A small panel stays in the first cache whole; of a large one a position at a time does.
    p.channel_sums = p.positions * panel_filters;
    const int64_t sums = channels * p.channel_sums;
    int64_t panels = divide_up(filters, panel_filters);
    if (!p.whole && panels * sums > waiting_products)
        panels = sums < waiting_products ? waiting_products / sums : 1;
    p.together = panels * panel_filters;
    const int64_t input_rows = p.box * p.edge + 2 < a->input.height ? p.box * p.edge + 2 : a->input.height;
    p.at_gradient_offsets = lines(squares * p.positions);
    p.at_input = p.at_gradient_offsets + lines(squares * p.edge * p.edge);
    p.at_panel = p.at_input + lines((input_rows * a->input.width + 1) * p.row);
    p.at_data = p.at_panel + (p.box * p.edge * a->output.width + 1) * panel_filters;
    p.at_gradient = p.at_data + p.chunks * p.positions * p.data_step;
    p.at_sums = p.at_gradient + p.positions * p.gradient_step;
    p.needed = p.at_sums + (p.whole ? form.channels * p.channel_sums : panels * sums) + cache_line;
    return p;
}

} // namespace
