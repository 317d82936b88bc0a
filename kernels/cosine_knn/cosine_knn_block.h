// What every C++ form of the cosine neighbours does alike: checking its arguments, walking the blocks and keeping the
// nearest. A form brings the sums of a tile. All functions are static: a copy compiled for AVX2 must never be linked
// into another form.
#pragma once

#include <math.h>
#include <stddef.h>

#include "onnxaudit_kernels.h"

namespace {

constexpr int64_t knn_chunk = 512;  // features summed in lanes before they are added to a pair's sum
constexpr int64_t knn_queries = 32; // a block of queries stays in cache while a chunk of the base streams past
constexpr int64_t knn_rows = 48;    // base rows of a block

// Where a tile's sums go: sum[i * knn_rows + j] += the chunk's sum of query i and base row j.
struct knn_tile {
    const float* queries;
    int64_t query_stride, query_count;
    const float* rows;
    int64_t row_stride, row_count;
    int64_t features;
    float* sum;
};

// Returns OA_OK or the first error, before anything is written.
inline int32_t knn_check(const oa_cosine_knn* a) {
    if (a == nullptr)
        return OA_NULL_POINTER;
    if (a->queries < 0 || a->rows < 0 || a->rows > INT32_MAX || a->features < 0 || a->neighbours < 1 ||
        a->query_stride < a->features || a->row_stride < a->features || a->result_stride < a->neighbours ||
        a->first_query < -1)
        return OA_BAD_SHAPE;
    if (a->queries == 0)
        return OA_OK;
    if (a->index == nullptr || a->similarity == nullptr || a->inverse_query_norms == nullptr)
        return OA_NULL_POINTER;
    if ((a->features > 0 && a->query_matrix == nullptr) ||
        (a->rows > 0 && (a->inverse_row_norms == nullptr || (a->features > 0 && a->row_matrix == nullptr))))
        return OA_NULL_POINTER;
    return OA_OK;
}

// Puts a base row among the nearest of a query, after those that are as near: rows come by rising index.
inline void knn_offer(float* similarity, int32_t* index, int64_t k, float value, int32_t row) {
    if (!(value > similarity[k - 1]))
        return;
    int64_t at = k - 1;
    for (; at > 0 && value > similarity[at - 1]; at--) {
        similarity[at] = similarity[at - 1];
        index[at] = index[at - 1];
    }
    similarity[at] = value;
    index[at] = row;
}

inline void knn_select(const oa_cosine_knn* a, int64_t q0, int64_t q, int64_t b0, int64_t b, const float* sum) {
    for (int64_t i = 0; i < q; i++) {
        float* similarity = a->similarity + (q0 + i) * a->result_stride;
        int32_t* index = a->index + (q0 + i) * a->result_stride;
        const float inverse = a->inverse_query_norms[q0 + i];
        const int64_t self = a->first_query < 0 ? -1 : a->first_query + q0 + i;
        for (int64_t j = 0; j < b; j++) {
            if (b0 + j == self)
                continue;
            float value = sum[i * knn_rows + j] * inverse * a->inverse_row_norms[b0 + j];
            value = value > 1 ? 1 : value < -1 ? -1 : value;
            knn_offer(similarity, index, a->neighbours, value, static_cast<int32_t>(b0 + j));
        }
    }
}

// The whole kernel around a form's tile.
template <typename Tile> inline int32_t knn_run(oa_cosine_knn* a, int64_t form, Tile tile) {
    const int32_t error = knn_check(a);
    if (error != OA_OK)
        return error;
    a->form = form;
    for (int64_t i = 0; i < a->queries; i++)
        for (int64_t n = 0; n < a->neighbours; n++) {
            a->similarity[i * a->result_stride + n] = -HUGE_VALF;
            a->index[i * a->result_stride + n] = -1;
        }
    float sum[knn_queries * knn_rows];
    for (int64_t q0 = 0; q0 < a->queries; q0 += knn_queries) {
        const int64_t q = a->queries - q0 < knn_queries ? a->queries - q0 : knn_queries;
        for (int64_t b0 = 0; b0 < a->rows; b0 += knn_rows) {
            const int64_t b = a->rows - b0 < knn_rows ? a->rows - b0 : knn_rows;
            for (float& s : sum)
                s = 0;
            for (int64_t k0 = 0; k0 < a->features; k0 += knn_chunk) {
                const int64_t left = a->features - k0;
                tile(knn_tile{a->query_matrix + q0 * a->query_stride + k0, a->query_stride, q,
                              a->row_matrix + b0 * a->row_stride + k0, a->row_stride, b,
                              left < knn_chunk ? left : knn_chunk, sum});
            }
            knn_select(a, q0, q, b0, b, sum);
        }
    }
    return OA_OK;
}

} // namespace
