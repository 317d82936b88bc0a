// Every form of the geometry kernel at every size class. Buffers have exactly the promised length, so that the
// sanitized build sees one element too many; sentinels show it in the plain build.
#include "onnxaudit_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

namespace {

struct form {
    const char* name;
    int32_t (*run)(oa_geometry*);
    int64_t number;
    bool supported;
};

const form forms[] = {
    {"scalar", oa_f32_geometry__scalar, OA_FORM_SCALAR, true},
#if defined(__x86_64__)
    {"avx2", oa_f32_geometry__avx2, OA_FORM_AVX2, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
#endif
#if defined(__aarch64__)
    {"neon", oa_f32_geometry__neon, OA_FORM_NEON, true},
#endif
};

void PrintTo(const form& f, std::ostream* out) {
    *out << f.name;
}

constexpr float untouched = -12345.75f;
constexpr float poison = std::numeric_limits<float>::quiet_NaN();

struct shape {
    int64_t rows, features, classes, pad;
    bool bias, is_signed;
};

struct outputs {
    std::vector<float> angles, length, margin;
    int64_t zero_features, skipped_pairs, negative_distances;
};

class problem {
  public:
    explicit problem(const shape& s) : s_(s) {
        x_ = padded(s.rows, s.features, s.features + s.pad);
        w_ = padded(s.classes, s.features, s.features + s.pad);
        bias_ = padded(1, s.classes, s.classes);
        pairs_.assign(static_cast<size_t>(s.classes * (s.classes + s.pad)), poison);
        for (int64_t i = 0; i < s.classes; i++) {
            norms_.push_back(inverse(distance(i, -1)));
            for (int64_t j = 0; j < s.classes; j++)
                pairs_[static_cast<size_t>(i * (s.classes + s.pad) + j)] =
                    i == j ? 0 : static_cast<float>(inverse(distance(i, j)));
        }
        for (int64_t r = 0; r < s.rows; r++) {
            reference_.push_back(static_cast<int32_t>(r * 7 % s.classes));
            sign_.push_back(r % 3 == 0 ? -1.0f : 1.0f);
        }
    }

    outputs run(const form& f) const {
        const int64_t lda = s_.classes + s_.pad;
        outputs out{std::vector<float>(static_cast<size_t>(s_.rows * lda), untouched),
                    std::vector<float>(static_cast<size_t>(s_.rows), untouched),
                    std::vector<float>(static_cast<size_t>(s_.rows), untouched),
                    0,
                    0,
                    0};
        std::vector<double> scratch(static_cast<size_t>(OA_GEOMETRY_ROWS * s_.classes));
        oa_geometry a{};
        a.rows = s_.rows;
        a.features = s_.features;
        a.classes = s_.classes;
        a.feature_stride = a.weight_stride = s_.features + s_.pad;
        a.pair_stride = a.angle_stride = lda;
        a.scratch_length = static_cast<int64_t>(scratch.size());
        a.feature_rows = x_.data();
        a.weight_rows = w_.data();
        a.bias = s_.bias ? bias_.data() : nullptr;
        a.inverse_norms = norms_.data();
        a.inverse_pair_norms = pairs_.data();
        a.reference = a.pair_row = reference_.data();
        a.pair_rows = s_.classes;
        a.sign = s_.is_signed ? nullptr : sign_.data();
        a.scratch = scratch.data();
        a.angles = out.angles.data();
        a.length = out.length.data();
        a.margin = out.margin.data();
        a.form = -1;
        EXPECT_EQ(f.run(&a), OA_OK);
        EXPECT_EQ(a.form, f.number);
        for (int64_t r = 0; r < s_.rows; r++)
            for (int64_t j = s_.classes; j < lda; j++)
                EXPECT_EQ(out.angles[static_cast<size_t>(r * lda + j)], untouched);
        out.zero_features = a.zero_features;
        out.skipped_pairs = a.skipped_pairs;
        out.negative_distances = a.negative_distances;
        return out;
    }

  private:
    // The last row has no padding behind it: reading past its end leaves the buffer.
    std::vector<float> padded(int64_t rows, int64_t width, int64_t stride) {
        std::vector<float> values(static_cast<size_t>(rows == 0 ? 0 : (rows - 1) * stride + width), poison);
        for (int64_t r = 0; r < rows; r++)
            for (int64_t k = 0; k < width; k++)
                values[static_cast<size_t>(r * stride + k)] = next();
        return values;
    }

    float next() {
        state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
        return static_cast<float>(static_cast<double>(state_ >> 40) / 8388608.0 - 1.0);
    }

    static double inverse(double norm) { return norm < 1e-12 ? 0 : 1 / norm; }

    double distance(int64_t i, int64_t j) const {
        double sum = 0;
        for (int64_t k = 0; k < s_.features; k++) {
            const double other = j < 0 ? 0.0 : w_[static_cast<size_t>(j * (s_.features + s_.pad) + k)];
            const double d = w_[static_cast<size_t>(i * (s_.features + s_.pad) + k)] - other;
            sum += d * d;
        }
        return std::sqrt(sum);
    }

    shape s_;
    uint64_t state_ = 42;
    std::vector<float> x_, w_, bias_, pairs_, sign_;
    std::vector<double> norms_;
    std::vector<int32_t> reference_;
};

class Geometry : public testing::TestWithParam<form> {
  protected:
    void SetUp() override {
        if (!GetParam().supported)
            GTEST_SKIP() << GetParam().name << " cannot run on this processor";
    }
};

// Same sums in the same order and the same C library: bit-equal.
bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

TEST_P(Geometry, EqualsScalarAtEverySize) {
    for (int64_t features : {0, 1, 3, 4, 5, 7, 8, 9, 16, 31, 84, 1027})
        for (int64_t rows : {0, 1, 3, 4, 5, 31, 32, 33, 67})
            for (int64_t classes : {1, 2, 3, 4, 6, 10})
                for (int64_t pad : {0, 3}) {
                    const shape s{rows, features, classes, pad, rows % 2 == 1, classes % 2 == 1};
                    const problem p(s);
                    const outputs expected = p.run(forms[0]), actual = p.run(GetParam());
                    const std::string what = "n=" + std::to_string(rows) + " m=" + std::to_string(features) +
                                             " C=" + std::to_string(classes) + " pad=" + std::to_string(pad);
                    ASSERT_TRUE(same_bits(expected.angles, actual.angles)) << what;
                    ASSERT_TRUE(same_bits(expected.length, actual.length)) << what;
                    ASSERT_TRUE(same_bits(expected.margin, actual.margin)) << what;
                    ASSERT_EQ(expected.zero_features, actual.zero_features) << what;
                    ASSERT_EQ(expected.skipped_pairs, actual.skipped_pairs) << what;
                    ASSERT_EQ(expected.negative_distances, actual.negative_distances) << what;
                }
}

// Hand-worked vectors: W rows (1,0), (3,0.5), (1.2,-2), X = (1,0), true class 0, class 1 predicted.
TEST_P(Geometry, MatchesHandWorkedValues) {
    const float x[2] = {1, 0}, w[6] = {1, 0, 3, 0.5f, 1.2f, -2}, sign[1] = {-1};
    const int32_t reference[1] = {0};
    double norms[3];
    float pairs[9];
    for (int i = 0; i < 3; i++) {
        norms[i] = 1 / std::hypot(double{w[2 * i]}, double{w[2 * i + 1]});
        for (int j = 0; j < 3; j++) {
            const double d = std::hypot(double{w[2 * i]} - w[2 * j], double{w[2 * i + 1]} - w[2 * j + 1]);
            pairs[3 * i + j] = i == j ? 0 : static_cast<float>(1 / d);
        }
    }
    double scratch[OA_GEOMETRY_ROWS * 3];
    float angles[3], length, margin;
    oa_geometry a{};
    a.rows = 1;
    a.features = a.feature_stride = a.weight_stride = 2;
    a.classes = a.pair_stride = a.angle_stride = 3;
    a.scratch_length = OA_GEOMETRY_ROWS * 3;
    a.feature_rows = x;
    a.weight_rows = w;
    a.inverse_norms = norms;
    a.inverse_pair_norms = pairs;
    a.reference = a.pair_row = reference;
    a.pair_rows = 3;
    a.sign = sign;
    a.scratch = scratch;
    a.angles = angles;
    a.length = &length;
    a.margin = &margin;
    ASSERT_EQ(GetParam().run(&a), OA_OK);
    EXPECT_NEAR(angles[0], 0, 1e-5);
    EXPECT_NEAR(angles[1], 9.46232, 1e-5);
    EXPECT_NEAR(angles[2], 59.03624, 1e-5);
    EXPECT_EQ(length, 1);
    EXPECT_NEAR(margin, -0.0995037, 1e-6);
    a.sign = nullptr;
    ASSERT_EQ(GetParam().run(&a), OA_OK);
    EXPECT_NEAR(margin, -0.9701425, 1e-6);

    length = untouched;
    const int32_t outside[1] = {3};
    a.reference = outside;
    EXPECT_EQ(GetParam().run(&a), OA_BAD_REFERENCE);
    a.reference = reference;
    a.pair_row = outside;
    EXPECT_EQ(GetParam().run(&a), OA_BAD_REFERENCE);
    a.pair_row = reference;
    a.weight_stride = 1;
    EXPECT_EQ(GetParam().run(&a), OA_BAD_SHAPE);
    a.weight_stride = 2;
    a.scratch = nullptr;
    EXPECT_EQ(GetParam().run(&a), OA_NULL_POINTER);
    EXPECT_EQ(GetParam().run(nullptr), OA_NULL_POINTER);
    EXPECT_EQ(length, untouched);
}

INSTANTIATE_TEST_SUITE_P(Forms, Geometry, testing::ValuesIn(forms),
                         [](const testing::TestParamInfo<form>& info) { return std::string(info.param.name); });

} // namespace
