// How many squares of outputs are taken together, and where everything lies in the workspace (winograd_conv.md). All
// functions are local to the form that includes them.
#pragma once

#include "winograd_conv_shape.h"

namespace {

constexpr int64_t panel = OA_WINOGRAD_PANEL; // channels or filters beside each other
constexpr int64_t cache_line = 16;           // floats
constexpr int64_t block_floats = 48 * 1024;  // of transformed data and products: they stay in the second cache
constexpr int64_t least_squares = 16;        // what a transformed weight, read once a block, is used for at least

inline int64_t lines(int64_t floats) {
    return divide_up(floats, cache_line) * cache_line;
}

// Floats from one position to the next, such that the positions of a square do not meet in a few sets of the cache.
inline int64_t apart(int64_t floats) {
    return lines(floats) % (8 * cache_line) == 0 ? lines(floats) + cache_line : lines(floats);
}

struct plan {
    int64_t positions;              // products of a square
    int64_t down, across;           // squares of a map
    int64_t box;                    // rows of squares of a block
    int64_t squares;                // of a block
    int64_t chunks, panels;         // of channels and of filters
    int64_t width;                  // places in a row of the turned X
    int64_t data_step, output_step; // floats from one position to the next
    int64_t turned_step;            // from one filter to the next
    int64_t at_data, at_products, at_output, at_turned;
    int64_t needed;
};

inline plan make_plan(const oa_winograd_conv* a) {
    plan p = {};
    p.positions = (a->edge + 2) * (a->edge + 2);
    p.down = divide_up(a->output_height, a->edge);
    p.across = divide_up(a->output_width, a->edge);
    p.chunks = divide_up(a->channels, panel);
    p.panels = divide_up(a->filters, panel);
    const int64_t room = block_floats / (p.positions * (p.chunks + p.panels) * panel);
    const int64_t wanted = (room > least_squares ? room : least_squares) / p.across;
    const int64_t rows = a->samples * p.down;
    p.box = wanted < 1 ? 1 : wanted < rows ? wanted : rows < 1 ? 1 : rows;
    p.squares = p.box * p.across;
    p.width = p.across * a->edge + 2;
    p.data_step = apart(p.chunks * p.squares * panel);
    p.output_step = apart(p.panels * p.squares * panel);
    // A row of X may be copied past its end by a vector's worth: the next row comes later.
    p.at_data = ((p.box * a->edge + 2) * p.width + 2 * panel) * panel;
    p.at_products = p.at_data + p.positions * p.data_step;
    p.at_output = p.at_products + p.positions * p.output_step;
    // A row of outputs is read and written past its end by a vector's worth.
    p.turned_step = apart(a->edge * a->output_width + panel);
    p.at_turned = p.at_output + (a->edge * a->edge * p.across + panel) * panel;
    p.needed = p.at_turned + panel * p.turned_step + cache_line;
    return p;
}

} // namespace
