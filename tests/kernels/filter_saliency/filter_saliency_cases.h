// What the filter saliency tests share: the forms, the layers they are tried on, and the results by gradients that are
// really formed.
#pragma once

#include "onnxaudit_kernels.h"

#include "../../../kernels/filter_saliency/filter_saliency_winograd_plan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

namespace filter_saliency_cases {

struct form {
    const char* name;
    int32_t (*run)(oa_filter_saliency*);
    int64_t number;
    bool supported;
};

const form forms[] = {
    {"scalar", oa_f32_filter_saliency__scalar, OA_FORM_SCALAR, true},
#if defined(__x86_64__)
    {"avx2", oa_f32_filter_saliency__avx2, OA_FORM_AVX2,
     __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
    {"avx512", oa_f32_filter_saliency__avx512, OA_FORM_AVX512,
     __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
#elif defined(__aarch64__)
    {"neon", oa_f32_filter_saliency__neon, OA_FORM_NEON, true},
#endif
};

inline void PrintTo(const form& f, std::ostream* out) {
    *out << f.name;
}

constexpr float untouched = -12345.75f;
constexpr float poison = std::numeric_limits<float>::quiet_NaN();

struct layer {
    std::string name;
    int64_t samples, channels, filters, groups;
    oa_extent input, kernel, stride, dilation, before, behind; // padding
};

inline int64_t volume(const oa_extent& e) {
    return e.depth * e.height * e.width;
}

inline int64_t outputs_along(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t pads) {
    return (in + pads - (kernel - 1) * dilation - 1) / stride + 1;
}

inline oa_extent output_of(const layer& l) {
    const oa_extent &b = l.before, &e = l.behind;
    return {outputs_along(l.input.depth, l.kernel.depth, l.stride.depth, l.dilation.depth, b.depth + e.depth),
            outputs_along(l.input.height, l.kernel.height, l.stride.height, l.dilation.height, b.height + e.height),
            outputs_along(l.input.width, l.kernel.width, l.stride.width, l.dilation.width, b.width + e.width)};
}

layer square(const std::string& name, int64_t n, int64_t c, int64_t k, int64_t g, int64_t in, int64_t kernel,
             int64_t stride, int64_t pad) {
    return {name,         n, c, k, g, {1, in, in}, {1, kernel, kernel}, {1, stride, stride}, {1, 1, 1}, {0, pad, pad},
            {0, pad, pad}};
}

// Layers of 3x3 at stride 1, which the vector forms take by squares of outputs where that is less work: maps that whole
// squares fill and maps that they do not, pads of every size, channels and filters around a chunk's and a panel's.
inline std::vector<layer> squares() {
    std::vector<layer> all;
    const auto add = [&](int64_t n, int64_t c, int64_t k, int64_t g, oa_extent in, oa_extent before, oa_extent behind) {
        const std::string pads = std::to_string(before.height) + std::to_string(before.width) +
                                 std::to_string(behind.height) + std::to_string(behind.width);
        all.push_back({"squares, C=" + std::to_string(c) + " K=" + std::to_string(k) + " at " +
                           std::to_string(in.height) + "x" + std::to_string(in.width) + ", pads " + pads,
                       n,
                       c,
                       k,
                       g,
                       in,
                       {1, 3, 3},
                       {1, 1, 1},
                       {1, 1, 1},
                       before,
                       behind});
    };
    const oa_extent none = {0, 0, 0}, one = {0, 1, 1}, two = {0, 2, 2};
    for (int64_t in = 3; in <= 18; in++)
        add(1, 24, 16, 1, {1, in, in}, one, one);
    for (int64_t c : {1, 2, 5, 6, 7, 8, 9, 13, 17, 23, 24, 25, 31, 32, 33, 47, 48, 49, 70})
        for (const oa_extent& in : {oa_extent{1, 8, 9}, oa_extent{1, 4, 4}, oa_extent{1, 6, 5}})
            add(1, c, in.height == 8 ? 16 : 64, 1, in, one, one);
    for (int64_t k : {8, 9, 15, 16, 17, 23, 24, 25, 31, 33, 40, 70})
        for (const oa_extent& in : {oa_extent{1, 9, 7}, oa_extent{1, 5, 4}})
            add(2, 25, k, 1, in, one, one);
    for (const oa_extent& before : {none, one, two, oa_extent{0, 0, 1}, oa_extent{0, 2, 0}, oa_extent{0, 5, 7}})
        for (const oa_extent& behind : {none, one, two, oa_extent{0, 1, 0}, oa_extent{0, 0, 3}})
            add(1, 17, 20, 1, {1, 7, 6}, before, behind);
    add(2, 32, 48, 2, {1, 8, 8}, one, one);
    add(1, 20, 33, 1, {1, 70, 3}, one, one);
    add(1, 19, 24, 1, {1, 6, 130}, one, one);
    add(1, 20, 33, 1, {1, 300, 2}, one, one);
    add(1, 12, 16, 1, {1, 4, 300}, one, one);
    add(1, 30, 40, 1, {1, 45, 44}, one, one);
    add(1, 3, 16, 1, {1, 2, 2}, {0, 9, 9}, {0, 9, 9});
    return all;
}

inline std::vector<layer> layers() {
    std::vector<layer> all = {
        square("no sample", 0, 3, 16, 1, 8, 3, 1, 1),
        square("one of everything", 1, 1, 1, 1, 1, 1, 1, 0),
        square("one output", 3, 9, 20, 1, 4, 4, 1, 0),
        square("one output of groups, padded", 2, 4, 6, 2, 2, 4, 1, 1),
        square("linear", 5, 37, 11, 1, 1, 1, 1, 0),
        square("1x1 stride 2", 2, 16, 32, 1, 9, 1, 2, 0),
        square("pads beyond the kernel", 1, 2, 16, 1, 4, 2, 1, 3),
        square("groups of 20, stride 2", 1, 8, 40, 2, 7, 3, 2, 1),
        square("groups of 4", 2, 16, 16, 4, 7, 3, 1, 1),
        square("depthwise", 2, 13, 13, 13, 9, 3, 1, 1),
        square("depthwise 5x5 stride 2", 2, 5, 10, 5, 15, 5, 2, 2),
        square("depthwise 1x1 stride 3", 1, 3, 3, 3, 20, 1, 3, 0),
        square("depthwise 7x7 in boxes", 1, 2, 2, 2, 70, 7, 1, 3),
        square("boxes of rows", 1, 3, 24, 1, 40, 3, 1, 1),
        {"5x3 asymmetric", 2, 6, 18, 1, {1, 11, 10}, {1, 5, 3}, {1, 2, 1}, {1, 1, 2}, {0, 0, 3}, {0, 2, 1}},
        {"padded behind only", 1, 3, 17, 1, {1, 6, 6}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, {0, 2, 2}},
        {"dilated", 1, 5, 17, 1, {1, 13, 14}, {1, 3, 3}, {1, 1, 2}, {1, 3, 2}, {0, 3, 2}, {0, 3, 2}},
        {"wide rows", 1, 2, 17, 1, {1, 3, 700}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 1, 1}, {0, 1, 1}},
        {"wide rows, stride 3", 1, 2, 17, 1, {1, 3, 2100}, {1, 3, 3}, {1, 1, 3}, {1, 1, 1}, {0, 1, 1}, {0, 1, 1}},
        {"depthwise wide", 1, 3, 3, 3, {1, 3, 5000}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 1, 1}, {0, 1, 1}},
        {"1-D", 2, 4, 18, 1, {1, 1, 50}, {1, 1, 5}, {1, 1, 2}, {1, 1, 1}, {0, 0, 2}, {0, 0, 2}},
        {"3-D", 1, 3, 16, 1, {6, 7, 8}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
        {"3-D groups, strided", 1, 4, 18, 2, {20, 9, 9}, {3, 3, 3}, {2, 2, 2}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
        {"3-D boxes of planes", 1, 2, 9, 1, {30, 9, 9}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 0}},
    };
    // Filters and weights below, at and above every panel's and tile's width; outputs likewise.
    for (int64_t k : {1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 33})
        for (int64_t c : {1, 2, 5, 6, 7, 8, 12, 13})
            all.push_back(square("1x1, K=" + std::to_string(k) + " C=" + std::to_string(c), 2, c, k, 1, 5, 1, 1, 0));
    for (int64_t in : {1, 2, 3, 5, 7, 8, 9, 16, 17})
        for (int64_t k : {3, 16})
            all.push_back(square("3x3, K=" + std::to_string(k) + " at " + std::to_string(in), 1, 3, k, 1, in, 3, 1, 1));
    for (const layer& l : squares())
        all.push_back(l);
    return all;
}

// Results, and beside each what its rounding error is relative to: the mean over the weights of the sum of |dY X|.
struct outcome {
    std::vector<double> value, magnitude;
};

class problem {
  public:
    explicit problem(const layer& l, int64_t pad = 3) : l_(l), out_(output_of(l)), pad_(pad) {
        x_ = rows(l.channels * volume(l.input));
        gradient_ = rows(l.filters * volume(out_));
        for (int64_t k = 0; k < l.filters; k++)
            scale_.push_back(next());
    }

    oa_filter_saliency arguments(int64_t mode, bool scaled) const {
        oa_filter_saliency a{};
        a.samples = l_.samples;
        a.channels = l_.channels;
        a.filters = a.last_filter = l_.filters;
        a.groups = l_.groups;
        a.input = l_.input;
        a.output = out_;
        a.kernel = l_.kernel;
        a.stride = l_.stride;
        a.dilation = l_.dilation;
        a.pad = l_.before;
        a.input_stride = l_.channels * volume(l_.input) + pad_;
        a.gradient_stride = l_.filters * volume(out_) + pad_;
        a.result_stride = l_.filters + pad_;
        a.mode = mode;
        a.x = x_.data();
        a.gradient = gradient_.data();
        a.scale = scaled ? scale_.data() : nullptr;
        return a;
    }

    // Runs filters [0,cut) and [cut,K) in two calls, or only the second.
    std::vector<float> run(const form& f, int64_t mode, bool scaled, int64_t cut, bool both = true) const {
        oa_filter_saliency a = arguments(mode, scaled);
        std::vector<float> result(static_cast<size_t>(a.samples * a.result_stride), untouched);
        a.result = result.data();
        const int32_t asked = f.run(&a);
        EXPECT_TRUE(asked == OA_SMALL_WORKSPACE || a.workspace_needed == 0);
        std::vector<float> workspace(static_cast<size_t>(a.workspace_needed), poison);
        a.workspace = workspace.data();
        a.workspace_length = a.workspace_needed;
        for (int half = both ? 0 : 1; half < 2; half++) {
            a.first_filter = half == 0 ? 0 : cut;
            a.last_filter = half == 0 ? cut : l_.filters;
            a.form = -1;
            EXPECT_EQ(f.run(&a), OA_OK);
            EXPECT_EQ(a.form, f.number);
        }
        std::vector<float> dense;
        for (int64_t i = 0; i < static_cast<int64_t>(result.size()); i++)
            if (i % a.result_stride < l_.filters)
                dense.push_back(result[static_cast<size_t>(i)]);
            else
                EXPECT_EQ(result[static_cast<size_t>(i)], untouched);
        return dense;
    }

    void spoil_input(int64_t at, float value) { x_[static_cast<size_t>(at)] = value; }
    void spoil_gradient(int64_t at, float value) { gradient_[static_cast<size_t>(at)] = value; }

    // Fewer outputs than the input would give: the last rows and columns of X then meet none.
    void crop_output(int64_t by) { out_ = {1, out_.height - by, out_.width - by}; }

    outcome reference(int64_t mode, bool scaled) {
        if (formed_.empty())
            form_gradients();
        const double weights = static_cast<double>(l_.channels / l_.groups * volume(l_.kernel));
        outcome o;
        for (size_t i = 0; i < formed_.size(); i++) {
            const double factor = (scaled ? scale_[i % scale_.size()] : 1.0) / weights;
            const double sum = (mode == OA_MEAN_ABS ? formed_[i].absolute : formed_[i].plain) * factor;
            o.value.push_back(mode == OA_SIGNED_MEAN ? sum : std::abs(sum));
            o.magnitude.push_back(formed_[i].magnitude * std::abs(factor));
        }
        return o;
    }

  private:
    // Sums over the weights of one sample's filter: of gradients, of absolute gradients, of sums of |dY X|.
    struct sums {
        double plain, absolute, magnitude;
    };

    void form_gradients() {
        const oa_filter_saliency a = arguments(OA_MEAN_ABS, false);
        const int64_t channels = l_.channels / l_.groups, taps = volume(l_.kernel);
        for (int64_t n = 0; n < l_.samples; n++)
            for (int64_t k = 0; k < l_.filters; k++) {
                sums s = {0, 0, 0};
                const float* dy = a.gradient + n * a.gradient_stride + k * volume(out_);
                for (int64_t j = 0; j < channels * taps; j++) {
                    const int64_t channel = k / (l_.filters / l_.groups) * channels + j / taps;
                    double gradient = 0;
                    for (int64_t p = 0; p < volume(out_); p++) {
                        const double product = static_cast<double>(dy[p]) * input_at(n, channel, j % taps, p);
                        gradient += product;
                        s.magnitude += std::abs(product);
                    }
                    s.plain += gradient;
                    s.absolute += std::abs(gradient);
                }
                formed_.push_back(s);
            }
    }

    double input_at(int64_t n, int64_t c, int64_t tap, int64_t p) const {
        const oa_extent &in = l_.input, &k = l_.kernel;
        const int64_t d = p / (out_.height * out_.width) * l_.stride.depth +
                          tap / (k.height * k.width) * l_.dilation.depth - l_.before.depth;
        const int64_t h = p / out_.width % out_.height * l_.stride.height +
                          tap / k.width % k.height * l_.dilation.height - l_.before.height;
        const int64_t w = p % out_.width * l_.stride.width + tap % k.width * l_.dilation.width - l_.before.width;
        if (d < 0 || d >= in.depth || h < 0 || h >= in.height || w < 0 || w >= in.width)
            return 0;
        const int64_t sample = n * (l_.channels * volume(in) + pad_);
        return x_[static_cast<size_t>(sample + ((c * in.depth + d) * in.height + h) * in.width + w)];
    }

    // The last row has no padding behind it: reading past its end leaves the buffer.
    std::vector<float> rows(int64_t width) {
        const int64_t stride = width + pad_;
        std::vector<float> values(static_cast<size_t>(l_.samples == 0 ? 0 : l_.samples * stride - pad_), poison);
        for (int64_t n = 0; n < l_.samples; n++)
            for (int64_t i = 0; i < width; i++)
                values[static_cast<size_t>(n * stride + i)] = next();
        return values;
    }

    float next() {
        state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
        return static_cast<float>(static_cast<double>(state_ >> 40) / 8388608.0 - 1.0);
    }

    layer l_;
    oa_extent out_;
    int64_t pad_;
    uint64_t state_ = 42;
    std::vector<float> x_, gradient_, scale_;
    std::vector<sums> formed_;
};

} // namespace filter_saliency_cases
