// Every form of the Winograd convolution on many shapes, against a convolution that is written out in float64. Buffers
// have exactly the promised length, so that the sanitized build sees one element too many; sentinels show it in the
// plain build.
#include "onnxaudit_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>
#include <random>
#include <string>
#include <vector>

namespace {

struct form {
    const char* name;
    int32_t (*run)(oa_winograd_conv*);
    int64_t number;
    bool supported;
};

const form forms[] = {
    {"scalar", oa_f32_winograd_conv__scalar, OA_FORM_SCALAR, true},
#if defined(__x86_64__)
    {"avx2", oa_f32_winograd_conv__avx2, OA_FORM_AVX2, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
    {"avx512", oa_f32_winograd_conv__avx512, OA_FORM_AVX512,
     __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
#elif defined(__aarch64__)
    {"neon", oa_f32_winograd_conv__neon, OA_FORM_NEON, true},
#endif
};

void PrintTo(const form& f, std::ostream* out) {
    *out << f.name;
}

constexpr float untouched = -12345.75f;
constexpr int64_t gap = 3; // floats between samples that belong to nobody

struct shape {
    int64_t samples, channels, filters, height, width, pad_top, pad_left, pad_bottom, pad_right;
    std::string name() const {
        return std::to_string(samples) + " of " + std::to_string(channels) + " -> " + std::to_string(filters) + " at " +
               std::to_string(height) + "x" + std::to_string(width) + ", pads " + std::to_string(pad_top) +
               std::to_string(pad_left) + std::to_string(pad_bottom) + std::to_string(pad_right);
    }
};

// Maps that whole squares fill and maps they do not, down to one output; channels and filters around 16; pads of every
// size, beyond the kernel too; several samples in a block, several blocks in a sample.
const shape shapes[] = {
    {1, 1, 1, 3, 3, 0, 0, 0, 0},      {1, 1, 1, 1, 1, 1, 1, 1, 1},   {2, 3, 5, 4, 4, 1, 1, 1, 1},
    {3, 16, 16, 8, 8, 1, 1, 1, 1},    {5, 17, 15, 7, 7, 1, 1, 1, 1}, {2, 15, 33, 9, 5, 1, 1, 1, 1},
    {1, 32, 16, 5, 21, 2, 2, 2, 2},   {2, 8, 9, 6, 10, 0, 1, 2, 0},  {1, 16, 40, 14, 14, 1, 1, 1, 1},
    {1, 4, 8, 33, 34, 1, 1, 1, 1},    {1, 2, 3, 2, 2, 4, 5, 3, 6},   {1, 48, 64, 6, 40, 1, 1, 1, 1},
    {1, 100, 20, 11, 13, 1, 0, 1, 2}, {9, 64, 64, 4, 4, 1, 1, 1, 1}, {4, 1, 16, 3, 40, 1, 1, 1, 1},
};

// Positions of G along one axis, arXiv:1509.09308.
std::vector<std::vector<double>> points(int64_t edge) {
    if (edge == 2)
        return {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
    return {{0.25, 0, 0},
            {-1 / 6.0, -1 / 6.0, -1 / 6.0},
            {-1 / 6.0, 1 / 6.0, -1 / 6.0},
            {1 / 24.0, 1 / 12.0, 1 / 6.0},
            {1 / 24.0, -1 / 12.0, 1 / 6.0},
            {0, 0, 1}};
}

struct problem {
    shape s;
    int64_t edge, out_height, out_width;
    std::vector<float> x, weights, transformed, addend, gate;

    problem(const shape& of, int64_t edge) : s(of), edge(edge) {
        out_height = s.height + s.pad_top + s.pad_bottom - 2;
        out_width = s.width + s.pad_left + s.pad_right - 2;
        std::mt19937 random(7);
        std::normal_distribution<float> normal;
        const auto fill = [&](std::vector<float>& values, int64_t count) {
            values.resize(static_cast<size_t>(count));
            for (float& value : values)
                value = normal(random);
        };
        fill(x, (s.samples - 1) * input_stride() + s.channels * s.height * s.width);
        fill(weights, s.filters * s.channels * 9);
        fill(addend, (s.samples - 1) * output_stride() + s.filters * out_height * out_width);
        fill(gate, static_cast<int64_t>(addend.size()));
        gate[0] = 0;
        transform();
    }

    int64_t input_stride() const { return s.channels * s.height * s.width + gap; }
    int64_t output_stride() const { return s.filters * out_height * out_width + gap; }
    int64_t rows() const { return s.samples * ((out_height + edge - 1) / edge); }

    void transform() {
        const auto g = points(edge);
        const int64_t reach = edge + 2, panels = (s.filters + 15) / 16;
        transformed.assign(static_cast<size_t>(reach * reach * panels * s.channels * 16), 0.0f);
        for (int64_t k = 0; k < s.filters; k++)
            for (int64_t c = 0; c < s.channels; c++)
                for (int64_t p = 0; p < reach * reach; p++) {
                    double sum = 0;
                    for (int64_t i = 0; i < 9; i++)
                        sum += g[static_cast<size_t>(p / reach)][static_cast<size_t>(i / 3)] *
                               g[static_cast<size_t>(p % reach)][static_cast<size_t>(i % 3)] *
                               static_cast<double>(weights[static_cast<size_t>((k * s.channels + c) * 9 + i)]);
                    transformed[static_cast<size_t>(((p * panels + k / 16) * s.channels + c) * 16 + k % 16)] =
                        static_cast<float>(sum);
                }
    }

    oa_winograd_conv arguments(bool gated) const {
        oa_winograd_conv a{};
        a.samples = s.samples;
        a.channels = s.channels;
        a.filters = s.filters;
        a.input_height = s.height;
        a.input_width = s.width;
        a.output_height = out_height;
        a.output_width = out_width;
        a.pad_top = s.pad_top;
        a.pad_left = s.pad_left;
        a.edge = edge;
        a.last_row = rows();
        a.input_stride = input_stride();
        a.output_stride = output_stride();
        a.x = x.data();
        a.weights = transformed.data();
        a.addend = gated ? addend.data() : nullptr;
        a.gate = gated ? gate.data() : nullptr;
        return a;
    }

    // Rows [first, last), the rest untouched.
    std::vector<float> run(const form& f, bool gated, int64_t first, int64_t last) const {
        std::vector<float> y(addend.size(), untouched);
        oa_winograd_conv a = arguments(gated);
        a.first_row = first;
        a.last_row = last;
        a.y = y.data();
        oa_winograd_conv nothing = a;
        nothing.last_row = first;
        const int32_t code = f.run(&nothing);
        EXPECT_EQ(code, nothing.workspace_needed > 0 ? OA_SMALL_WORKSPACE : OA_OK);
        a.workspace_needed = nothing.workspace_needed;
        std::vector<float> workspace(static_cast<size_t>(a.workspace_needed), std::numeric_limits<float>::quiet_NaN());
        a.workspace = workspace.data();
        a.workspace_length = a.workspace_needed;
        EXPECT_EQ(f.run(&a), OA_OK);
        EXPECT_EQ(a.form, f.number);
        return y;
    }

    // What the rounding of a filter's outputs goes with: the sum of |w| times the largest |X| of its channel.
    double magnitude(int64_t n, int64_t k) const {
        double sum = 0;
        for (int64_t c = 0; c < s.channels; c++) {
            double largest = 0, all = 0;
            for (int64_t i = 0; i < s.height * s.width; i++)
                largest =
                    std::max(largest, std::abs(static_cast<double>(
                                          x[static_cast<size_t>(n * input_stride() + c * s.height * s.width + i)])));
            for (int64_t i = 0; i < 9; i++)
                all += std::abs(static_cast<double>(weights[static_cast<size_t>((k * s.channels + c) * 9 + i)]));
            sum += largest * all;
        }
        return sum + 1;
    }

    double reference(int64_t n, int64_t k, int64_t row, int64_t column, bool gated) const {
        double sum = 0;
        for (int64_t c = 0; c < s.channels; c++)
            for (int64_t i = 0; i < 9; i++) {
                const int64_t h = row + i / 3 - s.pad_top, w = column + i % 3 - s.pad_left;
                if (h >= 0 && h < s.height && w >= 0 && w < s.width)
                    sum += static_cast<double>(
                               x[static_cast<size_t>(n * input_stride() + (c * s.height + h) * s.width + w)]) *
                           static_cast<double>(weights[static_cast<size_t>((k * s.channels + c) * 9 + i)]);
            }
        const size_t at = static_cast<size_t>(n * output_stride() + (k * out_height + row) * out_width + column);
        return !gated ? sum : gate[at] > 0 ? sum + static_cast<double>(addend[at]) : 0.0;
    }
};

class WinogradConv : public testing::TestWithParam<form> {
  protected:
    void SetUp() override {
        if (!GetParam().supported)
            GTEST_SKIP() << GetParam().name << " cannot run on this processor";
    }
};

// The transforms of squares of 4 enlarge places up to 100 times before they cancel: their rounding shows.
TEST_P(WinogradConv, IsTheConvolution_AddedToAndGated) {
    for (const shape& s : shapes)
        for (int64_t edge : {2, 4})
            for (bool gated : {false, true}) {
                const problem p(s, edge);
                const std::vector<float> y = p.run(GetParam(), gated, 0, p.rows());
                size_t at = 0;
                for (int64_t n = 0; n < s.samples; n++) {
                    for (int64_t k = 0; k < s.filters; k++) {
                        const double tolerance = (edge == 2 ? 2e-7 : 1e-6) * p.magnitude(n, k);
                        for (int64_t row = 0; row < p.out_height; row++)
                            for (int64_t column = 0; column < p.out_width; column++, at++)
                                ASSERT_NEAR(y[at], p.reference(n, k, row, column, gated), tolerance)
                                    << s.name() << ", squares of " << edge << ", output " << at;
                    }
                    for (int64_t i = 0; i < gap && n + 1 < s.samples; i++, at++)
                        ASSERT_EQ(y[at], untouched) << s.name();
                }
            }
}

TEST_P(WinogradConv, IsTheSameInPartsAsInWhole_AndLeavesOtherRowsAlone) {
    for (const shape& s : shapes)
        for (int64_t edge : {2, 4}) {
            const problem p(s, edge);
            const std::vector<float> whole = p.run(GetParam(), true, 0, p.rows());
            const int64_t middle = p.rows() / 2;
            const std::vector<float> low = p.run(GetParam(), true, 0, middle),
                                     high = p.run(GetParam(), true, middle, p.rows());
            for (size_t i = 0; i < whole.size(); i++)
                ASSERT_EQ(whole[i], low[i] == untouched ? high[i] : low[i]) << s.name() << ", output " << i;
            ASSERT_TRUE(p.rows() < 2 || low.back() == untouched) << s.name();
        }
}

// Hand-worked: X = (1 2; 3 4), every weight 1, padded by one: every output is the sum of X.
TEST_P(WinogradConv, MatchesHandWorkedValues) {
    problem p({1, 1, 1, 2, 2, 1, 1, 1, 1}, 2);
    p.x = {1, 2, 3, 4};
    p.weights.assign(9, 1.0f);
    p.transform();
    EXPECT_EQ(p.run(GetParam(), false, 0, 1), (std::vector<float>{10, 10, 10, 10}));
}

TEST_P(WinogradConv, RefusesBadArguments_BeforeAnythingIsWritten) {
    const problem p({1, 2, 2, 4, 4, 1, 1, 1, 1}, 4);
    std::vector<float> y(p.addend.size(), untouched), workspace(1 << 16);
    const auto code = [&](auto change) {
        oa_winograd_conv a = p.arguments(false);
        a.y = y.data();
        a.workspace = workspace.data();
        a.workspace_length = 1 << 16;
        change(a);
        return GetParam().run(&a);
    };
    EXPECT_EQ(GetParam().run(nullptr), OA_NULL_POINTER);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.edge = 3; }), OA_BAD_SHAPE);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.channels = 0; }), OA_BAD_SHAPE);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.filters = INT64_MAX; }), OA_BAD_SHAPE);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.input_height = 0; }), OA_BAD_SHAPE);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.output_width = 0; }), OA_BAD_SHAPE);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.pad_top = -1; }), OA_BAD_SHAPE);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.last_row = 2; }), OA_BAD_SHAPE);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.first_row = 2; }), OA_BAD_SHAPE);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.input_stride = 31; }), OA_BAD_SHAPE);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.output_stride = 31; }), OA_BAD_SHAPE);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.x = nullptr; }), OA_NULL_POINTER);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.weights = nullptr; }), OA_NULL_POINTER);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.y = nullptr; }), OA_NULL_POINTER);
    EXPECT_EQ(code([](oa_winograd_conv& a) { a.samples = a.last_row = 0; }), OA_OK);
    for (float value : y)
        EXPECT_EQ(value, untouched);
}

// A square passes what is not finite on to its own outputs, the gate stops it as it stops any other.
TEST_P(WinogradConv, LetsNotFiniteValuesReachTheirOwnSample) {
    problem p({3, 16, 16, 8, 8, 1, 1, 1, 1}, 4);
    const std::vector<float> clean = p.run(GetParam(), false, 0, p.rows());
    p.x[static_cast<size_t>(p.input_stride() + 9)] = std::numeric_limits<float>::infinity();
    const std::vector<float> dirty = p.run(GetParam(), false, 0, p.rows());
    const size_t stride = static_cast<size_t>(p.output_stride());
    EXPECT_FALSE(std::isfinite(dirty[stride + 9]));
    for (size_t i = 0; i < dirty.size(); i++)
        ASSERT_TRUE(dirty[i] == clean[i] || i / stride == 1) << i;
}

INSTANTIATE_TEST_SUITE_P(Forms, WinogradConv, testing::ValuesIn(forms),
                         [](const testing::TestParamInfo<form>& info) { return std::string(info.param.name); });

} // namespace
