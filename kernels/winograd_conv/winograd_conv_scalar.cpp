// The scalar form of the Winograd convolution: the readable reference that every other form is held against
// (winograd_conv.md). Transforms and sums are float64.
#include "winograd_conv_shape.h"

namespace {

struct one_value {
    using vector = double;
    static double all(double value) { return value; }
    static double add_product(double sum, double a, double b) { return sum + a * b; }
    static double subtract_product(double sum, double a, double b) { return sum - a * b; }
};

// Where a square begins: its sample, and its first output.
struct square {
    int64_t sample, row, column;
};

double input_at(const oa_winograd_conv* a, const square& s, int64_t channel, int64_t i, int64_t j) {
    const int64_t row = s.row + i - a->pad_top, column = s.column + j - a->pad_left;
    if (row < 0 || row >= a->input_height || column < 0 || column >= a->input_width)
        return 0;
    return (double)a->x[s.sample * a->input_stride + (channel * a->input_height + row) * a->input_width + column];
}

template <int M> void add_products(const oa_winograd_conv* a, const square& s, int64_t filter, double* sums) {
    constexpr int64_t reach = M + 2;
    const int64_t panels = divide_up(a->filters, OA_WINOGRAD_PANEL), panel = filter / OA_WINOGRAD_PANEL;
    for (int64_t c = 0; c < a->channels; c++)
        transform_data<one_value, M>([&](auto i, auto j) { return input_at(a, s, c, i, j); },
                                     [&](auto i, auto j, double value) {
                                         const int64_t position = i * reach + j,
                                                       row = (position * panels + panel) * a->channels + c;
                                         const float weight =
                                             a->weights[row * OA_WINOGRAD_PANEL + filter % OA_WINOGRAD_PANEL];
                                         sums[position] += value * (double)weight;
                                     });
}

void store(const oa_winograd_conv* a, const square& s, int64_t filter, int64_t i, int64_t j, double value) {
    const int64_t row = s.row + i, column = s.column + j;
    if (row >= a->output_height || column >= a->output_width)
        return;
    const int64_t at = s.sample * a->output_stride + (filter * a->output_height + row) * a->output_width + column;
    if (a->addend != nullptr)
        value += (double)a->addend[at];
    a->y[at] = a->gate != nullptr && !(a->gate[at] > 0) ? 0.0f : (float)value;
}

template <int M> void convolve(const oa_winograd_conv* a) {
    const int64_t down = divide_up(a->output_height, M);
    for (int64_t row = a->first_row; row < a->last_row; row++)
        for (int64_t column = 0; column < a->output_width; column += M)
            for (int64_t filter = 0; filter < a->filters; filter++) {
                const square s = {row / down, row % down * M, column};
                double sums[(M + 2) * (M + 2)] = {};
                add_products<M>(a, s, filter, sums);
                transform_products<one_value, M>(
                    [&](auto i, auto j) { return sums[i * (M + 2) + j]; },
                    [&](auto i, auto j, double value) { store(a, s, filter, i, j, value); });
            }
}

} // namespace

int32_t oa_f32_winograd_conv__scalar(oa_winograd_conv* a) {
    if (a == nullptr)
        return OA_NULL_POINTER;
    if (!shape_is_good(a))
        return OA_BAD_SHAPE;
    a->workspace_needed = 0;
    const int32_t error = check_memory(a);
    if (error != OA_OK)
        return error;
    a->form = OA_FORM_SCALAR;
    if (a->edge == 2)
        convolve<2>(a);
    else
        convolve<4>(a);
    return OA_OK;
}
