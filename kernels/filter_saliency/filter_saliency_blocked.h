// The walk that the vector forms share (filter_saliency.md): boxes of outputs, panels of filters, tiles of weights. A
// form gives the tiles. All functions are local to the form that includes them.
#pragma once

#include "../vectors/tiles.h"
#include "filter_saliency_closed.h"
#include "filter_saliency_input.h"
#include "filter_saliency_winograd.h"

namespace {

// The sums of a few weights over the outputs of one box.
struct tile {
    const float* gradient;  // a panel [outputs, 16 or 8], or the outputs of one filter for dots
    const float* input;     // X(output, weight) = input[offsets[output] + weights[weight]]
    const int32_t* offsets; // [outputs]; dots read those of the first column of every row
    const int32_t* weights; // one each
    int64_t rows, width;    // outputs = rows * width
    float* partial;         // sums of the boxes before: a panel's width of them for each weight, one for dots
    bool first, last;       // is there none before; is there none to come
    float* sums;            // with the last box, |sum| is added here: one per filter of the panel, one for dots
};

using tile_function = void (*)(const tile&);

// Absolute sums of this many tiles are added up in float32.
constexpr int64_t tiles_per_sum = 32;

// What a form gives: panel_tiles[j], narrow_tiles[j] and dot_tiles[j] work on j weights, j from 1 to the limit, on
// sixteen filters, eight filters or one.
struct tile_set {
    const tile_function* functions;
    int64_t limit;
    int64_t filters; // sums beside each other
};

// All weights of a panel (or a filter), in tiles of nearly equal size.
inline void all_weights(const plan& p, const tile_set& set, tile t, float* partial, double* totals) {
    float sums[panel_filters] = {};
    const int64_t tiles = divide_up(p.weights, set.limit), size = p.weights / tiles, larger = p.weights % tiles;
    t.sums = sums;
    int64_t weight = 0;
    for (int64_t i = 0; i < tiles; i++) {
        const int64_t here = size + (i < larger);
        const int32_t* const weights = t.weights;
        t.partial = partial + weight * set.filters;
        set.functions[here](t);
        t.weights = weights + here;
        weight += here;
        if (t.last && (i % tiles_per_sum == tiles_per_sum - 1 || i == tiles - 1))
            for (int64_t k = 0; k < set.filters; k++) {
                totals[k] += (double)sums[k];
                sums[k] = 0;
            }
    }
}

struct workspace {
    int32_t *offsets, *weights;
    float *panel, *input, *partial;
};

// The outputs [from, from + count) of a box, for filters [first, last) of a group whose first filter is `base`.
struct visit {
    int64_t sample, base, first, last;
    const float* gradient; // of the group's first filter
    const float* input;
    int64_t from;
    oa_extent count;
    bool is_first, is_last;
};

template <class Form>
void visit_panels(const oa_filter_saliency* a, const plan& p, const workspace& w, const visit& v) {
    const int64_t outputs = oa_volume(&v.count);
    tile t = {w.panel,       v.input, w.offsets,  w.weights, v.count.depth * v.count.height,
              v.count.width, nullptr, v.is_first, v.is_last, nullptr};
    for (int64_t k = v.first; k < v.last;) {
        const int64_t left = v.last - k, taken = p.dots ? 1 : left < panel_filters ? left : panel_filters;
        const tile_set set = p.dots ? Form::dots : taken <= Form::narrow.filters ? Form::narrow : Form::panels;
        const float* gradient = v.gradient + k * p.outputs + v.from;
        if (p.dots)
            t.gradient = gradient;
        else
            Form::pack(gradient, p.outputs, taken, outputs, set.filters, w.panel);
        double totals[panel_filters] = {};
        all_weights(p, set, t, w.partial + (k - v.first) * p.weights, totals);
        for (int64_t i = 0; v.is_last && i < taken; i++)
            oa_filter_saliency_store(a, v.sample, v.base + k + i, totals[i]);
        k += taken;
    }
}

// Filters [first, last) of a group, all boxes.
template <class Form>
void visit_boxes(const oa_filter_saliency* a, const plan& p, const workspace& w, const float* x, visit v) {
    const oa_extent &out = a->output, &box = p.box;
    oa_extent at;
    for (at.depth = 0; at.depth < out.depth; at.depth += box.depth)
        for (at.height = 0; at.height < out.height; at.height += box.height)
            for (at.width = 0; at.width < out.width; at.width += box.width) {
                v.from = (at.depth * out.height + at.height) * out.width + at.width;
                v.count = {at.depth + box.depth < out.depth ? box.depth : out.depth - at.depth,
                           at.height + box.height < out.height ? box.height : out.height - at.height,
                           at.width + box.width < out.width ? box.width : out.width - at.width};
                v.is_first = v.from == 0;
                v.is_last = v.from + oa_volume(&v.count) == p.outputs;
                v.input = input_of(a, p, x, at, v.count, w.input);
                visit_panels<Form>(a, p, w, v);
            }
}

template <class Form> int32_t run(oa_filter_saliency* a, int64_t form) {
    if (a == nullptr)
        return OA_NULL_POINTER;
    plan p;
    if (!oa_filter_saliency_shape_is_good(a) || !make_plan(a, Form::squares, &p))
        return OA_BAD_SHAPE;
    a->workspace_needed = p.needed;
    const int32_t error = oa_filter_saliency_check_memory(a);
    if (error != OA_OK)
        return error;
    a->form = form;
    if (oa_filter_saliency_is_empty(a))
        return OA_OK;
    float* const start = (float*)(((uintptr_t)a->workspace + 63) & ~(uintptr_t)63);
    if (p.closed) {
        closed_form(a, p, start);
        return OA_OK;
    }
    const workspace w = {(int32_t*)start, (int32_t*)(start + p.at_weights), start + p.at_panel, start + p.at_input,
                         start + p.at_partial};
    const squares_workspace squares = divide_workspace(p.winograd, start);
    if (p.winograd.edge == 0)
        write_offsets(a, p, w.offsets, w.weights);
    else if (p.winograd.whole)
        write_offsets(a, p.winograd, 0, p.winograd.down, squares);
    for (int64_t n = 0; n < a->samples; n++)
        for (int64_t g = a->first_filter / p.filters; g * p.filters < a->last_filter; g++) {
            const int64_t base = g * p.filters;
            const int64_t first = a->first_filter > base ? a->first_filter - base : 0;
            const int64_t last = a->last_filter - base < p.filters ? a->last_filter - base : p.filters;
            const float* x = a->x + n * a->input_stride + g * p.channels * oa_volume(&a->input);
            const float* gradient = a->gradient + n * a->gradient_stride + base * p.outputs;
            if (p.winograd.edge != 0) {
                winograd<Form>(a, p, squares, {n, base, first, last, x, gradient, 0, 0});
                continue;
            }
            visit v = {};
            v.sample = n;
            v.base = base;
            v.gradient = gradient;
            for (v.first = first; v.first < last; v.first = v.last) {
                v.last = v.first + p.together < last ? v.first + p.together : last;
                visit_boxes<Form>(a, p, w, x, v);
            }
        }
    return OA_OK;
}

} // namespace
