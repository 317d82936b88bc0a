// What every C++ form of the filter saliency kernel does alike: checking its arguments and turning a sum over a
// filter's weights into the result. All functions are static: a copy compiled for one processor must never be linked
// into another form.
#pragma once

#include <math.h>
#include <stddef.h>

#include "onnxaudit_kernels.h"

static inline int64_t oa_volume(const oa_extent* e) {
    return e->depth * e->height * e->width;
}

// Every size and offset stays below 2^31, so that no product of two can overflow 64 bits.
static inline bool oa_in_range(const oa_extent* e, int64_t least) {
    return e->depth >= least && e->height >= least && e->width >= least && e->depth <= INT32_MAX &&
           e->height <= INT32_MAX && e->width <= INT32_MAX;
}

static inline bool oa_volume_fits(const oa_extent* e, int64_t factor) {
    const int64_t plane = e->height * e->width;
    if (plane > INT32_MAX || e->depth * plane > INT32_MAX)
        return false;
    return factor * (e->depth * plane) <= INT32_MAX;
}

static inline bool oa_filter_saliency_shape_is_good(const oa_filter_saliency* a) {
    if (a->samples < 0 || a->channels < 1 || a->filters < 1 || a->groups < 1 || a->channels > INT32_MAX ||
        a->filters > INT32_MAX || a->channels % a->groups != 0 || a->filters % a->groups != 0)
        return false;
    if (!oa_in_range(&a->input, 1) || !oa_in_range(&a->output, 0) || !oa_in_range(&a->kernel, 1) ||
        !oa_in_range(&a->stride, 1) || !oa_in_range(&a->dilation, 1) || !oa_in_range(&a->pad, 0))
        return false;
    if (!oa_volume_fits(&a->input, a->channels) || !oa_volume_fits(&a->output, a->filters) ||
        !oa_volume_fits(&a->kernel, a->channels / a->groups))
        return false;
    return a->first_filter >= 0 && a->first_filter <= a->last_filter && a->last_filter <= a->filters &&
           a->input_stride >= a->channels * oa_volume(&a->input) &&
           a->gradient_stride >= a->filters * oa_volume(&a->output) && a->result_stride >= a->filters &&
           a->mode >= OA_MEAN_ABS && a->mode <= OA_SIGNED_MEAN;
}

static inline bool oa_filter_saliency_is_empty(const oa_filter_saliency* a) {
    return a->samples == 0 || a->first_filter == a->last_filter;
}

// The checks that are left once the shape is good and workspace_needed is written.
static inline int32_t oa_filter_saliency_check_memory(const oa_filter_saliency* a) {
    if (a->workspace_length < a->workspace_needed)
        return OA_SMALL_WORKSPACE;
    if (oa_filter_saliency_is_empty(a))
        return OA_OK;
    if (a->x == nullptr || a->result == nullptr || (a->gradient == nullptr && oa_volume(&a->output) > 0) ||
        (a->workspace == nullptr && a->workspace_needed > 0))
        return OA_NULL_POINTER;
    return OA_OK;
}

// The result of a filter from its sum over the weights: of |gradient| for OA_MEAN_ABS, else of the gradient.
static inline void oa_filter_saliency_store(const oa_filter_saliency* a, int64_t sample, int64_t filter, double sum) {
    const double weights = (double)(a->channels / a->groups * oa_volume(&a->kernel));
    const double scale = a->scale != nullptr ? (double)a->scale[filter] : 1.0;
    const double scaled = sum / weights * scale;
    a->result[sample * a->result_stride + filter] = (float)(a->mode == OA_SIGNED_MEAN ? scaled : fabs(scaled));
}
