// How the vector forms walk a layer (filter_saliency.md): which outputs are taken together, whether their input is
// copied, and where everything lies in the workspace. All functions are local to the form that includes them.
#pragma once

#include "filter_saliency_winograd_plan.h"

namespace {

constexpr int64_t box_outputs = 288;     // products that are added up before a sum leaves its register
constexpr int64_t partial_sums = 131072; // floats of partial sums that may wait in the cache between boxes

struct plan {
    int64_t channels, filters, taps, weights; // of one group; weights of one filter
    int64_t outputs;                          // of one filter
    bool closed;                              // sums of X alone come first: no product of matrices
    bool dots;                                // few filters a group: vectors run along the width, not over filters
    bool copied;                              // the input of a box is copied, with its padding
    bool whole;                               // one box is everything
    oa_extent box;                            // outputs taken together
    int64_t phases, columns;                  // a copied row is dealt out by column mod phases, so that dots step by 1
    int64_t row, plane, channel;              // floats from one to the next in the input of a box
    int64_t together;                         // filters that share one visit of a box
    int64_t at_weights, at_panel, at_input, at_partial; // floats from the workspace's start; output offsets come first
    int64_t needed;
    winograd_plan winograd; // where its edge is not 0, nothing below `outputs` but `needed` is read
};

// Boxes are runs of consecutive outputs: a part of a row, rows of a plane, or planes.
inline oa_extent choose_box(const oa_extent& output, int64_t limit) {
    const int64_t plane = output.height * output.width;
    if (output.width > limit)
        return {1, 1, even_part(output.width, limit)};
    if (plane > limit)
        return {1, even_part(output.height, limit / output.width), output.width};
    if (plane * output.depth > limit)
        return {even_part(output.depth, limit / plane), output.height, output.width};
    return output;
}

inline int64_t reach(int64_t outputs, int64_t stride, int64_t kernel, int64_t dilation) {
    return (outputs - 1) * stride + (kernel - 1) * dilation + 1;
}

inline oa_extent reach(const oa_filter_saliency* a, const oa_extent& outputs) {
    return {reach(outputs.depth, a->stride.depth, a->kernel.depth, a->dilation.depth),
            reach(outputs.height, a->stride.height, a->kernel.height, a->dilation.height),
            reach(outputs.width, a->stride.width, a->kernel.width, a->dilation.width)};
}

inline bool is_padded(const oa_filter_saliency* a) {
    const oa_extent all = reach(a, a->output);
    return a->pad.depth > 0 || a->pad.height > 0 || a->pad.width > 0 || all.depth > a->input.depth ||
           all.height > a->input.height || all.width > a->input.width;
}

// False when the input of a box is too large to be addressed.
inline bool plan_input(const oa_filter_saliency* a, plan* p) {
    p->phases = p->dots ? a->stride.width : 1;
    p->copied = p->phases > 1 || is_padded(a);
    if (!p->copied) {
        p->row = a->input.width;
        p->plane = p->row * a->input.height;
        p->channel = p->plane * a->input.depth;
        return true;
    }
    const oa_extent part = reach(a, p->box);
    if (!oa_in_range(&part, 1))
        return false;
    p->columns = divide_up(part.width, p->phases);
    const oa_extent dealt = {part.depth, part.height, p->phases * p->columns};
    if (!oa_in_range(&dealt, 1) || !oa_volume_fits(&dealt, p->channels))
        return false;
    p->row = dealt.width;
    p->plane = p->row * dealt.height;
    p->channel = p->plane * dealt.depth;
    return true;
}

inline bool make_plan(const oa_filter_saliency* a, const winograd_form& form, plan* p) {
    *p = {};
    p->channels = a->channels / a->groups;
    p->filters = a->filters / a->groups;
    p->taps = oa_volume(&a->kernel);
    p->weights = p->channels * p->taps;
    p->outputs = oa_volume(&a->output);
    p->closed = p->outputs <= 1 || a->mode != OA_MEAN_ABS;
    if (p->closed) {
        // Two arrays of doubles: X summed over the channels, and that summed over the taps of every output.
        p->needed = p->outputs <= 1 ? 0 : 2 * (oa_volume(&a->input) + p->outputs) + 2 * cache_line;
        return true;
    }
    p->winograd = make_winograd_plan(a, p->channels, p->filters, form);
    if (p->winograd.edge != 0) {
        p->needed = p->winograd.needed;
        return true;
    }
    p->dots = p->filters < 8;
    const int64_t lanes = a->output.width < 8 ? a->output.width : 8;
    p->box = choose_box(a->output, p->dots ? box_outputs * lanes : box_outputs);
    const int64_t box = oa_volume(&p->box);
    p->whole = box == p->outputs;
    if (!plan_input(a, p))
        return false;
    int64_t panels = divide_up(p->filters, panel_filters);
    if (!p->whole && panels * panel_filters * p->weights > partial_sums) {
        panels = partial_sums / (panel_filters * p->weights);
        panels = panels < 1 ? 1 : panels;
    }
    p->together = panels * panel_filters;
    p->at_weights = lines(box);
    p->at_panel = p->at_weights + lines(p->weights);
    p->at_input = p->at_panel + (p->dots ? 0 : box * panel_filters);
    p->at_partial = p->at_input + (p->copied ? lines(p->channels * p->channel) : 0);
    p->needed = p->at_partial + cache_line;
    if (!p->whole)
        p->needed += p->dots ? lines(p->filters * p->weights) : p->together * p->weights;
    return true;
}

} // namespace
