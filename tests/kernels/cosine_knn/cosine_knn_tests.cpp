// Every form of the cosine neighbours at every size class, bit-equal to scalar, and scalar against a slow ranking in
// float64. Matrices end with their last element, so that the sanitized build sees a read past it.
#include "onnxaudit_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <ostream>
#include <string>
#include <vector>

namespace {

struct knn_form {
    const char* name;
    int32_t (*run)(oa_cosine_knn*);
    int64_t number;
    bool supported;
};

const knn_form forms[] = {
    {"scalar", oa_f32_cosine_knn__scalar, OA_FORM_SCALAR, true},
#if defined(__x86_64__)
    {"avx2", oa_f32_cosine_knn__avx2, OA_FORM_AVX2, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
#endif
#if defined(__aarch64__)
    {"neon", oa_f32_cosine_knn__neon, OA_FORM_NEON, true},
#endif
};

void PrintTo(const knn_form& f, std::ostream* out) {
    *out << f.name;
}

constexpr float untouched = -12345.75f;

struct matrix {
    int64_t rows, width, stride;
    std::vector<float> values, inverse;

    matrix(int64_t rows_, int64_t width_, int64_t pad, uint64_t seed)
        : rows(rows_), width(width_), stride(width_ + pad) {
        values.assign(static_cast<size_t>(rows == 0 ? 0 : (rows - 1) * stride + width),
                      std::numeric_limits<float>::quiet_NaN());
        for (int64_t r = 0; r < rows; r++)
            for (int64_t k = 0; k < width; k++) {
                seed = seed * 6364136223846793005ull + 1442695040888963407ull;
                at(r, k) = static_cast<float>(static_cast<double>(seed >> 40) / 8388608.0 - 1.0);
            }
        norms();
    }

    float& at(int64_t r, int64_t k) { return values[static_cast<size_t>(r * stride + k)]; }
    float at(int64_t r, int64_t k) const { return values[static_cast<size_t>(r * stride + k)]; }

    void norms() {
        inverse.clear();
        for (int64_t r = 0; r < rows; r++) {
            double sum = 0;
            for (int64_t k = 0; k < width; k++)
                sum += double{at(r, k)} * at(r, k);
            inverse.push_back(sum > 0 ? static_cast<float>(1 / std::sqrt(sum)) : 0);
        }
    }
};

struct nearest {
    std::vector<int32_t> index;
    std::vector<float> similarity;
};

nearest run(const knn_form& f, const matrix& q, const matrix& b, int64_t k, int64_t pad, int64_t first) {
    const size_t size = static_cast<size_t>(q.rows * (k + pad));
    nearest out{std::vector<int32_t>(size, -77), std::vector<float>(size, untouched)};
    oa_cosine_knn a{};
    a.queries = q.rows;
    a.rows = b.rows;
    a.features = q.width;
    a.neighbours = k;
    a.query_stride = q.stride;
    a.row_stride = b.stride;
    a.result_stride = k + pad;
    a.first_query = first;
    a.query_matrix = q.values.data();
    a.row_matrix = b.values.data();
    a.inverse_query_norms = q.inverse.data();
    a.inverse_row_norms = b.inverse.data();
    a.index = out.index.data();
    a.similarity = out.similarity.data();
    a.form = -1;
    EXPECT_EQ(f.run(&a), OA_OK);
    EXPECT_EQ(a.form, f.number);
    for (int64_t i = 0; i < q.rows; i++)
        for (int64_t n = k; n < k + pad; n++) {
            EXPECT_EQ(out.index[static_cast<size_t>(i * (k + pad) + n)], -77);
            EXPECT_EQ(out.similarity[static_cast<size_t>(i * (k + pad) + n)], untouched);
        }
    return out;
}

class CosineKnn : public testing::TestWithParam<knn_form> {
  protected:
    void SetUp() override {
        if (!GetParam().supported)
            GTEST_SKIP() << GetParam().name << " cannot run on this processor";
    }
};

TEST_P(CosineKnn, EqualsScalarAtEverySize) {
    for (int64_t features : {0, 1, 7, 8, 9, 31, 64, 511, 512, 513, 1027})
        for (int64_t queries : {0, 1, 3, 4, 5, 31, 33})
            for (int64_t rows : {0, 1, 2, 3, 4, 47, 48, 50, 97})
                for (int64_t pad : {0, 3}) {
                    const matrix q(queries, features, pad, 1), b(rows, features, pad, 2);
                    const int64_t k = 1 + rows % 4, first = pad == 0 ? -1 : 1;
                    const nearest expected = run(forms[0], q, b, k, pad, first),
                                  actual = run(GetParam(), q, b, k, pad, first);
                    const std::string what = "q=" + std::to_string(queries) + " b=" + std::to_string(rows) +
                                             " d=" + std::to_string(features) + " pad=" + std::to_string(pad);
                    ASSERT_EQ(expected.index, actual.index) << what;
                    ASSERT_EQ(expected.similarity, actual.similarity) << what;
                }
}

// Against float64 with a full stable sort. Sums of float32 over d = 700 err by far less than 1e-6.
TEST_P(CosineKnn, RanksAsASlowSortInFloat64) {
    const matrix q(9, 700, 1, 5), b(120, 700, 2, 6);
    const int64_t k = 7;
    const nearest found = run(GetParam(), q, b, k, 0, -1);
    for (int64_t i = 0; i < q.rows; i++) {
        std::vector<double> cosine;
        for (int64_t j = 0; j < b.rows; j++) {
            double dot = 0, x = 0, y = 0;
            for (int64_t c = 0; c < q.width; c++) {
                dot += double{q.at(i, c)} * b.at(j, c);
                x += double{q.at(i, c)} * q.at(i, c);
                y += double{b.at(j, c)} * b.at(j, c);
            }
            cosine.push_back(dot / std::sqrt(x * y));
        }
        std::vector<int32_t> order(static_cast<size_t>(b.rows));
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int32_t l, int32_t r) {
            return cosine[static_cast<size_t>(l)] > cosine[static_cast<size_t>(r)];
        });
        for (int64_t n = 0; n < k; n++) {
            const size_t at = static_cast<size_t>(i * k + n);
            EXPECT_NEAR(found.similarity[at], cosine[static_cast<size_t>(order[static_cast<size_t>(n)])], 1e-6);
            EXPECT_NEAR(found.similarity[at], cosine[static_cast<size_t>(found.index[at])], 1e-6);
        }
    }
}

// Equal rows at both ends of tiles and blocks: the lower index first, itself left out, zero and NaN rows where they
// belong.
TEST_P(CosineKnn, TiesGoToTheLowerRow_AndTheRowItselfIsLeftOut) {
    matrix b(100, 13, 0, 9);
    for (int64_t row : {2, 50, 99})
        for (int64_t k = 0; k < 13; k++)
            b.at(row, k) = b.at(7, k) * (row == 50 ? 4.0f : 1.0f);
    for (int64_t k = 0; k < 13; k++)
        b.at(20, k) = 0;
    b.at(21, 3) = std::numeric_limits<float>::quiet_NaN();
    b.norms();
    b.inverse[21] = 1;
    const nearest with = run(GetParam(), b, b, 5, 0, -1), without = run(GetParam(), b, b, 5, 0, 0);
    for (int64_t row : {2, 7, 50, 99}) {
        const int32_t* w = &with.index[static_cast<size_t>(row * 5)];
        EXPECT_EQ(std::vector<int32_t>(w, w + 4), (std::vector<int32_t>{2, 7, 50, 99}));
        std::vector<int32_t> others{2, 7, 50, 99};
        others.erase(std::find(others.begin(), others.end(), static_cast<int32_t>(row)));
        w = &without.index[static_cast<size_t>(row * 5)];
        EXPECT_EQ(std::vector<int32_t>(w, w + 3), others);
    }
    EXPECT_EQ(with.index[20 * 5], 0); // a zero row is equally far, at 0, from all: the lowest rows
    EXPECT_EQ(with.similarity[20 * 5], 0);
    EXPECT_EQ(with.index[21 * 5], -1); // of a row with a NaN nothing can be said
    EXPECT_EQ(std::count(with.index.begin(), with.index.end(), 21), 0);
}

TEST_P(CosineKnn, FewerRowsThanNeighbours_EndWithNone) {
    const matrix q(2, 8, 0, 3), b(2, 8, 0, 4);
    const nearest found = run(GetParam(), q, b, 4, 0, 0);
    for (int64_t i = 0; i < 2; i++) {
        EXPECT_EQ(found.index[static_cast<size_t>(4 * i)], 1 - i);
        for (int64_t n = 1; n < 4; n++) {
            EXPECT_EQ(found.index[static_cast<size_t>(4 * i + n)], -1);
            EXPECT_EQ(found.similarity[static_cast<size_t>(4 * i + n)], -INFINITY);
        }
    }
}

TEST_P(CosineKnn, RefusesBadArgumentsBeforeWriting) {
    const float one[1] = {1};
    int32_t index[1] = {-77};
    float similarity[1] = {untouched};
    const oa_cosine_knn good{1, 1, 1, 1, 1, 1, 1, -1, one, one, one, one, index, similarity, -1};
    const auto code = [](oa_cosine_knn a) { return GetParam().run(&a); };
    oa_cosine_knn a = good;
    a.neighbours = 0;
    EXPECT_EQ(code(a), OA_BAD_SHAPE);
    a = good;
    a.features = 2;
    EXPECT_EQ(code(a), OA_BAD_SHAPE);
    a = good;
    a.rows = int64_t{1} << 31;
    EXPECT_EQ(code(a), OA_BAD_SHAPE);
    a = good;
    a.first_query = -2;
    EXPECT_EQ(code(a), OA_BAD_SHAPE);
    a = good;
    a.row_matrix = nullptr;
    EXPECT_EQ(code(a), OA_NULL_POINTER);
    a = good;
    a.similarity = nullptr;
    EXPECT_EQ(code(a), OA_NULL_POINTER);
    EXPECT_EQ(GetParam().run(nullptr), OA_NULL_POINTER);
    EXPECT_EQ(index[0], -77);
    EXPECT_EQ(similarity[0], untouched);
}

INSTANTIATE_TEST_SUITE_P(Forms, CosineKnn, testing::ValuesIn(forms),
                         [](const testing::TestParamInfo<knn_form>& info) { return std::string(info.param.name); });

} // namespace
