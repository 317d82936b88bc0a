// Every form of score_accumulate at every size class: bit-equal to scalar, whose sums are worked out by hand.
#include "onnxaudit_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

namespace {

struct score_form {
    const char* name;
    int32_t (*run)(oa_score_accumulate*);
    int64_t number;
    bool supported;
};

const score_form forms[] = {
    {"scalar", oa_f32_score_accumulate__scalar, OA_FORM_SCALAR, true},
#if defined(__x86_64__)
    {"avx2", oa_f32_score_accumulate__avx2, OA_FORM_AVX2,
     __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
#endif
#if defined(__aarch64__)
    {"neon", oa_f32_score_accumulate__neon, OA_FORM_NEON, true},
#endif
};

void PrintTo(const score_form& f, std::ostream* out) {
    *out << f.name;
}

constexpr double untouched = -12345.75;

std::vector<float> numbers(size_t count, uint64_t seed) {
    std::vector<float> values(count);
    for (float& v : values) {
        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        v = static_cast<float>(static_cast<double>(seed >> 40) / 8388608.0 - 1.0);
    }
    return values;
}

// Three additions onto sums that begin at 0.125; two sentinels stand behind the last sum.
std::vector<double> run(const score_form& f, size_t count, int64_t mode) {
    std::vector<double> sum(count + 2, 0.125);
    sum[count] = sum[count + 1] = untouched;
    for (uint64_t step = 0; step < 3; step++) {
        const std::vector<float> g = numbers(count, 3 * step + 1), w = numbers(count, 3 * step + 2);
        oa_score_accumulate a{};
        a.count = static_cast<int64_t>(count);
        a.mode = mode;
        a.gradient = g.data();
        a.weight = mode == OA_SCORE_SQUARE ? nullptr : w.data();
        a.sum = sum.data();
        a.form = -1;
        EXPECT_EQ(f.run(&a), OA_OK);
        EXPECT_EQ(a.form, f.number);
    }
    EXPECT_EQ(sum[count], untouched);
    EXPECT_EQ(sum[count + 1], untouched);
    return sum;
}

class ScoreAccumulate : public testing::TestWithParam<score_form> {
  protected:
    void SetUp() override {
        if (!GetParam().supported)
            GTEST_SKIP() << GetParam().name << " cannot run on this processor";
    }
};

TEST_P(ScoreAccumulate, EqualsScalarAtEverySize) {
    for (size_t count : {0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 64, 1027})
        for (int64_t mode : {OA_SCORE_ABS_PRODUCT, OA_SCORE_PRODUCT, OA_SCORE_SQUARE}) {
            const std::vector<double> expected = run(forms[0], count, mode), actual = run(GetParam(), count, mode);
            ASSERT_EQ(std::memcmp(expected.data(), actual.data(), expected.size() * sizeof(double)), 0)
                << "n=" << count << " mode=" << mode;
        }
}

TEST_P(ScoreAccumulate, MatchesHandWorkedValues) {
    const float g[9] = {1, -2, 3, -0.0f, 0.5f, 1e30f, -1e-30f, INFINITY, 2};
    const float w[9] = {-2, -2, 0, 5, 3, 1e30f, 1e-30f, -1, std::numeric_limits<float>::quiet_NaN()};
    double sum[9] = {10, 10, 10, 10, 10, 0, 0, 0, 0};
    oa_score_accumulate a{9, OA_SCORE_ABS_PRODUCT, g, w, sum, -1};
    ASSERT_EQ(GetParam().run(&a), OA_OK);
    const double large = static_cast<double>(1e30f) * static_cast<double>(1e30f);
    const double small = static_cast<double>(1e-30f) * static_cast<double>(1e-30f);
    const double expected[8] = {12, 14, 10, 10, 11.5, large, small, INFINITY};
    for (int i = 0; i < 8; i++)
        EXPECT_EQ(sum[i], expected[i]) << i;
    EXPECT_TRUE(std::isnan(sum[8]));

    a.mode = OA_SCORE_PRODUCT;
    ASSERT_EQ(GetParam().run(&a), OA_OK);
    EXPECT_EQ(sum[0], 10);
    EXPECT_EQ(sum[1], 18);
    a.mode = OA_SCORE_SQUARE;
    ASSERT_EQ(GetParam().run(&a), OA_OK);
    EXPECT_EQ(sum[0], 11);
    EXPECT_EQ(sum[1], 22);
}

TEST_P(ScoreAccumulate, RefusesBadArgumentsBeforeWriting) {
    const float one[1] = {1};
    double sum[1] = {untouched};
    const oa_score_accumulate good{1, OA_SCORE_PRODUCT, one, one, sum, -1};
    const auto code = [](oa_score_accumulate a) { return GetParam().run(&a); };
    oa_score_accumulate a = good;
    a.count = -1;
    EXPECT_EQ(code(a), OA_BAD_SHAPE);
    a = good;
    a.mode = 3;
    EXPECT_EQ(code(a), OA_BAD_SHAPE);
    a = good;
    a.weight = nullptr;
    EXPECT_EQ(code(a), OA_NULL_POINTER);
    a = good;
    a.sum = nullptr;
    EXPECT_EQ(code(a), OA_NULL_POINTER);
    EXPECT_EQ(GetParam().run(nullptr), OA_NULL_POINTER);
    EXPECT_EQ(sum[0], untouched);
}

INSTANTIATE_TEST_SUITE_P(Forms, ScoreAccumulate, testing::ValuesIn(forms),
                         [](const testing::TestParamInfo<score_form>& info) { return std::string(info.param.name); });

} // namespace
