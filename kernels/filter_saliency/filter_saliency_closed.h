// The cases in which the sum over the weights can come before the sum over the outputs (filter_saliency.md): every mode
// but OA_MEAN_ABS, and layers of a single output. Sums are float64. All functions are local to the form that includes
// them.
#pragma once

#include "filter_saliency_plan.h"

namespace {

struct span_of_outputs {
    int64_t first, last;
};

// The outputs o in [0,outputs) whose input o * stride + shift lies in [0,inputs).
inline span_of_outputs outputs_inside(int64_t outputs, int64_t stride, int64_t shift, int64_t inputs) {
    const int64_t first = shift >= 0 ? 0 : divide_up(-shift, stride);
    const int64_t last = inputs <= shift ? 0 : (inputs - shift - 1) / stride + 1;
    return {first, last < outputs ? last : outputs};
}

// X summed over the channels of a group, then over the taps that each output meets.
inline void sum_input(const oa_filter_saliency* a, const plan& p, const float* x, double* by_place, double* by_output) {
    const int64_t volume = oa_volume(&a->input);
    for (int64_t i = 0; i < volume; i++)
        by_place[i] = (double)x[i];
    for (int64_t c = 1; c < p.channels; c++)
        for (int64_t i = 0; i < volume; i++)
            by_place[i] += (double)x[c * volume + i];
    for (int64_t i = 0; i < p.outputs; i++)
        by_output[i] = 0;
    const oa_extent &out = a->output, &in = a->input, &step = a->stride;
    for (int64_t d = 0; d < a->kernel.depth; d++)
        for (int64_t h = 0; h < a->kernel.height; h++)
            for (int64_t w = 0; w < a->kernel.width; w++) {
                const int64_t depth = d * a->dilation.depth - a->pad.depth;
                const int64_t height = h * a->dilation.height - a->pad.height;
                const int64_t width = w * a->dilation.width - a->pad.width;
                const span_of_outputs o = outputs_inside(out.depth, step.depth, depth, in.depth);
                const span_of_outputs q = outputs_inside(out.height, step.height, height, in.height);
                const span_of_outputs r = outputs_inside(out.width, step.width, width, in.width);
                for (int64_t i = o.first; i < o.last; i++)
                    for (int64_t j = q.first; j < q.last; j++)
                        for (int64_t k = r.first; k < r.last; k++)
                            by_output[(i * out.height + j) * out.width + k] +=
                                by_place[((i * step.depth + depth) * in.height + j * step.height + height) * in.width +
                                         k * step.width + width];
            }
}

// Four partial sums, so that additions need not wait for each other.
inline double dot(const float* gradient, const double* sums, int64_t count) {
    double lanes[4] = {0, 0, 0, 0};
    int64_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (int64_t lane = 0; lane < 4; lane++)
            lanes[lane] += (double)gradient[i + lane] * sums[i + lane];
    for (; i < count; i++)
        lanes[i & 3] += (double)gradient[i] * sums[i];
    return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
}

// The sum over the weights of the only output's input.
inline double sum_of_only_output(const oa_filter_saliency* a, const plan& p, const float* x, bool absolute) {
    double sum = 0;
    for (int64_t c = 0; c < p.channels; c++)
        for (int64_t d = 0; d < a->kernel.depth; d++)
            for (int64_t h = 0; h < a->kernel.height; h++)
                for (int64_t w = 0; w < a->kernel.width; w++) {
                    const int64_t depth = d * a->dilation.depth - a->pad.depth;
                    const int64_t height = h * a->dilation.height - a->pad.height;
                    const int64_t width = w * a->dilation.width - a->pad.width;
                    if (depth < 0 || depth >= a->input.depth || height < 0 || height >= a->input.height || width < 0 ||
                        width >= a->input.width)
                        continue;
                    const double value =
                        x[((c * a->input.depth + depth) * a->input.height + height) * a->input.width + width];
                    sum += absolute ? fabs(value) : value;
                }
    return sum;
}

inline void closed_form(const oa_filter_saliency* a, const plan& p, float* workspace) {
    const bool absolute = a->mode == OA_MEAN_ABS;
    double* by_place = (double*)workspace;
    double* by_output = by_place + oa_volume(&a->input);
    for (int64_t n = 0; n < a->samples; n++)
        for (int64_t filter = a->first_filter; filter < a->last_filter;) {
            const int64_t group = filter / p.filters, end = (group + 1) * p.filters;
            const float* x = a->x + n * a->input_stride + group * p.channels * oa_volume(&a->input);
            double only = 0;
            if (p.outputs == 1)
                only = sum_of_only_output(a, p, x, absolute);
            else if (p.outputs > 1)
                sum_input(a, p, x, by_place, by_output);
            for (; filter < end && filter < a->last_filter; filter++) {
                const float* gradient = a->gradient + n * a->gradient_stride + filter * p.outputs;
                if (p.outputs == 1)
                    oa_filter_saliency_store(a, n, filter, (double)*gradient * only);
                else
                    oa_filter_saliency_store(a, n, filter, dot(gradient, by_output, p.outputs));
            }
        }
}

} // namespace
