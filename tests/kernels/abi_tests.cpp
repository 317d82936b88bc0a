#include "onnxaudit_kernels.h"

#include <gtest/gtest.h>

#include <cstddef>

TEST(Abi, VersionIsTheHeaders) {
    EXPECT_EQ(oa_abi_version(), OA_ABI_VERSION);
}

// The C# struct FilterSaliencyArguments has the same 36 fields of 8 bytes.
TEST(Abi, FilterSaliencyStructHasNoPadding) {
    EXPECT_EQ(sizeof(oa_filter_saliency), 36u * 8u);
    EXPECT_EQ(offsetof(oa_filter_saliency, pad), 19u * 8u);
    EXPECT_EQ(offsetof(oa_filter_saliency, x), 29u * 8u);
    EXPECT_EQ(offsetof(oa_filter_saliency, form), 35u * 8u);
}

// The C# struct GeometryArguments has the same 25 fields of 8 bytes.
TEST(Abi, GeometryStructHasNoPadding) {
    EXPECT_EQ(sizeof(oa_geometry), 25u * 8u);
    EXPECT_EQ(offsetof(oa_geometry, feature_rows), 9u * 8u);
    EXPECT_EQ(offsetof(oa_geometry, scratch), 17u * 8u);
    EXPECT_EQ(offsetof(oa_geometry, form), 24u * 8u);
}

// The C# structs CosineKnnArguments and ScoreAccumulateArguments have the same fields of 8 bytes.
TEST(Abi, KnnAndScoreStructsHaveNoPadding) {
    EXPECT_EQ(sizeof(oa_cosine_knn), 15u * 8u);
    EXPECT_EQ(offsetof(oa_cosine_knn, query_matrix), 8u * 8u);
    EXPECT_EQ(sizeof(oa_score_accumulate), 6u * 8u);
    EXPECT_EQ(offsetof(oa_score_accumulate, sum), 4u * 8u);
}
