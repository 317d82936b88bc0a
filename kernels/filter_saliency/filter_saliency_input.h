// The input of a box of outputs, as the vector forms read it (filter_saliency.md). All functions are local to the form
// that includes them.
#pragma once

#include <string.h>

#include "filter_saliency_plan.h"

namespace {

// Where each output of a box, and each weight, lies in the input of a box: X(output, weight) = input[sum of both].
inline void write_offsets(const oa_filter_saliency* a, const plan& p, int32_t* outputs, int32_t* weights) {
    const int64_t step = p.phases > 1 ? 1 : a->stride.width;
    for (int64_t d = 0; d < p.box.depth; d++)
        for (int64_t h = 0; h < p.box.height; h++)
            for (int64_t w = 0; w < p.box.width; w++)
                *outputs++ = (int32_t)(d * a->stride.depth * p.plane + h * a->stride.height * p.row + w * step);
    for (int64_t c = 0; c < p.channels; c++)
        for (int64_t d = 0; d < a->kernel.depth; d++)
            for (int64_t h = 0; h < a->kernel.height; h++)
                for (int64_t w = 0; w < a->kernel.width; w++) {
                    const int64_t at = w * a->dilation.width;
                    const int64_t column = p.phases > 1 ? at % p.phases * p.columns + at / p.phases : at;
                    *weights++ = (int32_t)(c * p.channel + d * a->dilation.depth * p.plane +
                                           h * a->dilation.height * p.row + column);
                }
}

// Columns first, first + step, … [count] of a row of the input, zero outside of it.
inline void copy_columns(const float* row, int64_t width, int64_t first, int64_t step, int64_t count, float* to) {
    int64_t i = 0;
    for (; i < count && first + i * step < 0; i++)
        to[i] = 0;
    const int64_t inside = first < width ? divide_up(width - first, step) : 0;
    const int64_t end = inside < count ? inside : count;
    if (step == 1)
        for (; i < end; i++)
            to[i] = row[first + i];
    for (; i < end; i++)
        to[i] = row[first + i * step];
    for (; i < count; i++)
        to[i] = 0;
}

inline void copy_input(const oa_filter_saliency* a, const plan& p, const float* x, const oa_extent& first,
                       const oa_extent& part, float* to) {
    for (int64_t c = 0; c < p.channels; c++)
        for (int64_t d = 0; d < part.depth; d++)
            for (int64_t h = 0; h < part.height; h++) {
                float* row = to + c * p.channel + d * p.plane + h * p.row;
                const int64_t depth = first.depth + d, height = first.height + h;
                if (depth < 0 || depth >= a->input.depth || height < 0 || height >= a->input.height) {
                    memset(row, 0, (size_t)p.row * sizeof(float));
                    continue;
                }
                const float* from = x + ((c * a->input.depth + depth) * a->input.height + height) * a->input.width;
                for (int64_t phase = 0; phase < p.phases; phase++)
                    copy_columns(from, a->input.width, first.width + phase, p.phases,
                                 divide_up(part.width - phase, p.phases), row + phase * p.columns);
            }
}

// The input of the outputs [at, at + count): a place in X [channels, input], or a copy of it with its padding.
inline const float* input_of(const oa_filter_saliency* a, const plan& p, const float* x, const oa_extent& at,
                             const oa_extent& count, float* copy) {
    const oa_extent first = {at.depth * a->stride.depth - a->pad.depth, at.height * a->stride.height - a->pad.height,
                             at.width * a->stride.width - a->pad.width};
    if (!p.copied)
        return x + first.depth * p.plane + first.height * p.row + first.width;
    copy_input(a, p, x, first, reach(a, count), copy);
    return copy;
}

} // namespace
