// Every form of the filter saliency kernel on every kind of layer, against gradients that are really formed. Buffers
// have exactly the promised length, so that the sanitized build sees one element too many; sentinels show it in the
// plain build.
#include "filter_saliency_cases.h"

namespace {

using namespace filter_saliency_cases;

class FilterSaliency : public testing::TestWithParam<form> {
  protected:
    void SetUp() override {
        if (!GetParam().supported)
            GTEST_SKIP() << GetParam().name << " cannot run on this processor";
    }
};

// Rounding errors of a float32 sum of n products grow like sqrt(n) 2^-24 of their magnitude, n being below 600 here.
void expect_near(const outcome& expected, const std::vector<float>& actual, const std::string& what) {
    ASSERT_EQ(expected.value.size(), actual.size()) << what;
    for (size_t i = 0; i < actual.size(); i++)
        ASSERT_NEAR(actual[i], expected.value[i], 2e-6 * expected.magnitude[i] + 1e-7 * std::abs(expected.value[i]))
            << what << ", result " << i;
}

TEST_P(FilterSaliency, IsTheMeanOfGradientsThatAreReallyFormed) {
    for (const layer& l : layers()) {
        problem p(l);
        for (int64_t mode : {OA_MEAN_ABS, OA_ABS_MEAN, OA_SIGNED_MEAN})
            for (bool scaled : {false, true})
                expect_near(p.reference(mode, scaled), p.run(GetParam(), mode, scaled, l.filters),
                            l.name + ", mode " + std::to_string(mode));
    }
}

// A caller may give some filters to one thread and some to another. At a panel's edge or a group's, bits agree.
TEST_P(FilterSaliency, IsTheSameInPartsAsInWhole) {
    for (const layer& l : layers()) {
        const problem p(l);
        const std::vector<float> whole = p.run(GetParam(), OA_MEAN_ABS, false, l.filters);
        const int64_t unit = l.groups == 1 ? 16 : l.filters / l.groups;
        ASSERT_EQ(p.run(GetParam(), OA_MEAN_ABS, false, unit < l.filters ? unit : 0), whole) << l.name;
        const std::vector<float> parts = p.run(GetParam(), OA_MEAN_ABS, false, l.filters / 2);
        for (size_t i = 0; i < whole.size(); i++)
            ASSERT_NEAR(parts[i], whole[i], 1e-5 * whole[i]) << l.name << ", result " << i;
    }
}

// More partial sums than may wait in the cache: the filters take turns with the boxes.
TEST_P(FilterSaliency, IsTheScalarFormsWhenFiltersTakeTurns) {
    for (const layer& l :
         {square("direct", 1, 20, 784, 1, 36, 3, 2, 1), square("squares", 1, 70, 240, 1, 33, 3, 1, 1)}) {
        const problem p(l);
        const std::vector<float> scalar = p.run(forms[0], OA_MEAN_ABS, false, l.filters - 8, false);
        const std::vector<float> actual = p.run(GetParam(), OA_MEAN_ABS, false, 0);
        for (size_t k = static_cast<size_t>(l.filters - 8); k < actual.size(); k++)
            ASSERT_NEAR(actual[k], scalar[k], 1e-6 * scalar[k]) << l.name;
    }
}

// The layers above are of no use to the squares' code unless it really is what runs.
TEST(FilterSaliencySquares, AreChosenForManyOfTheLayers) {
    for (const winograd_form& form : {winograd_form{6, 24, 8}, winograd_form{16, 16, 16}}) {
        int64_t of[5] = {}, in_boxes = 0;
        for (const layer& l : squares()) {
            const oa_filter_saliency a = problem(l).arguments(OA_MEAN_ABS, false);
            const winograd_plan p = make_winograd_plan(&a, l.channels / l.groups, l.filters / l.groups, form);
            of[p.edge]++;
            in_boxes += p.edge != 0 && !p.whole;
        }
        EXPECT_GE(of[2], 20);
        EXPECT_GE(of[4], 20);
        EXPECT_GE(in_boxes, 2);
    }
}

// Whatever is not finite reaches the filters it meets: X its sample's, dY its own filter alone.
TEST_P(FilterSaliency, LetsNotFiniteValuesReachTheirOwnSampleAndFilter) {
    for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
        for (int64_t in : {6, 16}) {
            problem p(square("", 3, 16, 40, 1, in, 3, 1, 1));
            const std::vector<float> clean = p.run(GetParam(), OA_MEAN_ABS, false, 40);
            const oa_filter_saliency a = p.arguments(OA_MEAN_ABS, false);
            p.spoil_input(a.input_stride + 5, bad);
            std::vector<float> dirty = p.run(GetParam(), OA_MEAN_ABS, false, 40);
            for (size_t i = 0; i < dirty.size(); i++)
                if (i / 40 == 1)
                    EXPECT_FALSE(std::isfinite(dirty[i])) << i;
                else
                    EXPECT_EQ(dirty[i], clean[i]) << i;
            p.spoil_input(a.input_stride + 5, 1.0f);
            const std::vector<float> whole = p.run(GetParam(), OA_MEAN_ABS, false, 40);
            p.spoil_gradient(2 * a.gradient_stride + 17 * in * in + 3, bad);
            dirty = p.run(GetParam(), OA_MEAN_ABS, false, 40);
            for (size_t i = 0; i < dirty.size(); i++)
                if (i == 2 * 40 + 17)
                    EXPECT_FALSE(std::isfinite(dirty[i]));
                else
                    EXPECT_EQ(dirty[i], whole[i]) << i;
        }
}

// A place of X that no output meets is not read, whatever it holds.
TEST_P(FilterSaliency, LeavesOutWhatNoOutputMeets) {
    for (int64_t in : {7, 18}) {
        problem p(square("", 1, 16, 24, 1, in, 3, 1, 1));
        const float bad = std::numeric_limits<float>::quiet_NaN();
        for (int64_t c = 0; c < 16; c++)
            for (int64_t i = 0; i < in; i++) {
                p.spoil_input((c * in + in - 1) * in + i, bad);
                p.spoil_input((c * in + i) * in + in - 1, bad);
            }
        p.crop_output(2);
        for (float value : p.run(GetParam(), OA_MEAN_ABS, false, 24))
            EXPECT_TRUE(std::isfinite(value));
    }
}

// Hand-worked: X = (1 2; 3 4), dY = (1 -1; 0 2), a 2x2 kernel padded by one in front.
TEST_P(FilterSaliency, MatchesHandWorkedValues) {
    const float x[4] = {1, 2, 3, 4}, gradient[4] = {1, -1, 0, 2}, scale[1] = {-2};
    oa_filter_saliency a{};
    a.samples = a.channels = a.filters = a.groups = a.last_filter = a.result_stride = 1;
    a.input = a.output = a.kernel = {1, 2, 2};
    a.stride = a.dilation = {1, 1, 1};
    a.pad = {0, 1, 1};
    a.input_stride = a.gradient_stride = 4;
    a.x = x;
    a.gradient = gradient;
    float result = untouched;
    a.result = &result;
    GetParam().run(&a);
    std::vector<float> workspace(static_cast<size_t>(a.workspace_needed));
    a.workspace = workspace.data();
    a.workspace_length = a.workspace_needed;
    // Gradients: tap (0,0) 2, tap (0,1) 4, tap (1,0) -1 + 6, tap (1,1) 1 - 2 + 8.
    ASSERT_EQ(GetParam().run(&a), OA_OK);
    EXPECT_EQ(result, 4.5f);
    const float negative[4] = {-1, -2, -3, -4};
    a.x = negative;
    a.mode = OA_SIGNED_MEAN;
    a.scale = scale;
    GetParam().run(&a);
    workspace.resize(static_cast<size_t>(a.workspace_needed));
    a.workspace = workspace.data();
    a.workspace_length = a.workspace_needed;
    ASSERT_EQ(GetParam().run(&a), OA_OK);
    EXPECT_EQ(result, 9.0f);
}

TEST_P(FilterSaliency, RefusesBadArgumentsBeforeWriting) {
    const problem p(square("", 1, 4, 4, 2, 3, 3, 1, 1), 0);
    oa_filter_saliency good = p.arguments(OA_MEAN_ABS, false);
    std::vector<float> workspace(1 << 16), result(4, untouched);
    good.workspace = workspace.data();
    good.workspace_length = 1 << 16;
    good.result = result.data();
    const auto refused = [&](auto change, int32_t code) {
        oa_filter_saliency bad = good;
        change(bad);
        EXPECT_EQ(GetParam().run(&bad), code);
        EXPECT_EQ(result, std::vector<float>(4, untouched));
    };
    using args = oa_filter_saliency;
    refused([](args& a) { a.x = nullptr; }, OA_NULL_POINTER);
    refused([](args& a) { a.gradient = nullptr; }, OA_NULL_POINTER);
    refused([](args& a) { a.result = nullptr; }, OA_NULL_POINTER);
    refused([](args& a) { a.groups = 3; }, OA_BAD_SHAPE);
    refused([](args& a) { a.channels = 0; }, OA_BAD_SHAPE);
    refused([](args& a) { a.kernel.width = 0; }, OA_BAD_SHAPE);
    refused([](args& a) { a.dilation.height = 0; }, OA_BAD_SHAPE);
    refused([](args& a) { a.pad.height = -1; }, OA_BAD_SHAPE);
    refused([](args& a) { a.pad.height = int64_t{1} << 40; }, OA_BAD_SHAPE);
    refused([](args& a) { a.input = {INT32_MAX, INT32_MAX, INT32_MAX}; }, OA_BAD_SHAPE);
    refused([](args& a) { a.output = {1, 1 << 20, 1 << 20}; }, OA_BAD_SHAPE);
    refused([](args& a) { a.input_stride--; }, OA_BAD_SHAPE);
    refused([](args& a) { a.gradient_stride--; }, OA_BAD_SHAPE);
    refused([](args& a) { a.result_stride--; }, OA_BAD_SHAPE);
    refused([](args& a) { a.last_filter++; }, OA_BAD_SHAPE);
    refused([](args& a) { a.mode = 3; }, OA_BAD_SHAPE);
    refused([](args& a) { a.workspace_length = -1; }, OA_SMALL_WORKSPACE);
    EXPECT_EQ(GetParam().run(nullptr), OA_NULL_POINTER);
    EXPECT_EQ(GetParam().run(&good), OA_OK);
}

INSTANTIATE_TEST_SUITE_P(Forms, FilterSaliency, testing::ValuesIn(forms),
                         [](const testing::TestParamInfo<form>& info) { return std::string(info.param.name); });

} // namespace
