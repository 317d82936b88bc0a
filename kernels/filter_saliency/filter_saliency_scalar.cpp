// The scalar form of the filter saliency kernel: the readable reference that every other form is held against
// (filter_saliency.md). Sums are float64 throughout.
#include "filter_saliency_shape.h"

namespace {

// A place in one channel of X or one filter of dY.
struct place {
    int64_t depth, height, width;
};

// Where output o meets input under kernel element k; false in the padding.
bool input_at(const oa_filter_saliency* a, const place& o, const place& k, int64_t* at) {
    const int64_t depth = o.depth * a->stride.depth + k.depth * a->dilation.depth - a->pad.depth;
    const int64_t height = o.height * a->stride.height + k.height * a->dilation.height - a->pad.height;
    const int64_t width = o.width * a->stride.width + k.width * a->dilation.width - a->pad.width;
    if (depth < 0 || depth >= a->input.depth || height < 0 || height >= a->input.height || width < 0 ||
        width >= a->input.width)
        return false;
    *at = (depth * a->input.height + height) * a->input.width + width;
    return true;
}

// The gradient of one weight: the sum over outputs of dY times the X it met.
double weight_gradient(const oa_filter_saliency* a, const float* x, const float* gradient, const place& k) {
    double sum = 0;
    place o;
    for (o.depth = 0; o.depth < a->output.depth; o.depth++)
        for (o.height = 0; o.height < a->output.height; o.height++)
            for (o.width = 0; o.width < a->output.width; o.width++, gradient++) {
                int64_t at;
                if (input_at(a, o, k, &at))
                    sum += (double)*gradient * (double)x[at];
            }
    return sum;
}

} // namespace

int32_t oa_f32_filter_saliency__scalar(oa_filter_saliency* a) {
    if (a == nullptr)
        return OA_NULL_POINTER;
    if (!oa_filter_saliency_shape_is_good(a))
        return OA_BAD_SHAPE;
    a->workspace_needed = 0;
    const int32_t error = oa_filter_saliency_check_memory(a);
    if (error != OA_OK)
        return error;
    a->form = OA_FORM_SCALAR;
    const int64_t channels = a->channels / a->groups, filters = a->filters / a->groups;
    for (int64_t n = 0; n < a->samples; n++)
        for (int64_t filter = a->first_filter; filter < a->last_filter; filter++) {
            const float* gradient = a->gradient + n * a->gradient_stride + filter * oa_volume(&a->output);
            double sum = 0;
            for (int64_t c = 0; c < channels; c++) {
                const int64_t channel = filter / filters * channels + c;
                const float* x = a->x + n * a->input_stride + channel * oa_volume(&a->input);
                place k;
                for (k.depth = 0; k.depth < a->kernel.depth; k.depth++)
                    for (k.height = 0; k.height < a->kernel.height; k.height++)
                        for (k.width = 0; k.width < a->kernel.width; k.width++) {
                            const double one = weight_gradient(a, x, gradient, k);
                            sum += a->mode == OA_MEAN_ABS ? fabs(one) : one;
                        }
            }
            oa_filter_saliency_store(a, n, filter, sum);
        }
    return OA_OK;
}
