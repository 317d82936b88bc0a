/*
 * The C ABI of the OnnxAudit kernels.
 *
 * Every function works on memory of the caller, allocates nothing, prints nothing, throws nothing and keeps no state,
 * so any number of threads may call it at once. A function returns OA_OK or the first error below, found before
 * anything is written. Strides count elements and may exceed the row width; what lies between the rows is neither read
 * nor written. Outputs and scratch must not overlap each other or an input; inputs may overlap. No alignment beyond the
 * element's own.
 *
 * Names: oa_<type>_<kernel>__<form>, defined in kernels/<kernel>/<kernel>_<form>.cpp. A form must be called only on a
 * processor that has its bits; the caller checks (CpuFeatures in kernels/managed).
 */
#ifndef ONNXAUDIT_KERNELS_H
#define ONNXAUDIT_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define OA_EXPORT __declspec(dllexport)
#else
#define OA_EXPORT __attribute__((visibility("default")))
#endif

#define OA_ABI_VERSION 1

enum {
    OA_OK = 0,
    OA_NULL_POINTER = 1,   /* a needed pointer is null */
    OA_BAD_SHAPE = 2,      /* a negative size, no class, a stride below the row width, too little scratch */
    OA_BAD_REFERENCE = 3,  /* a reference class outside [0,classes), or a pair row outside [0,pair_rows) */
    OA_SMALL_WORKSPACE = 4 /* workspace_length is below workspace_needed, which has been written */
};

/* OA_ABI_VERSION of the library: changes whenever a struct or a meaning does. */
OA_EXPORT int32_t oa_abi_version(void);

/* Rows the geometry kernel works on together: scratch needs OA_GEOMETRY_ROWS * classes doubles. */
#define OA_GEOMETRY_ROWS 32

/* Angle, length and margin of feature rows against class directions: kernels/geometry/geometry.md. Same layout as
   GeometryArguments in kernels/managed. */
typedef struct oa_geometry {
    int64_t rows;                    /* n >= 0 */
    int64_t features;                /* m >= 0 */
    int64_t classes;                 /* C >= 1 */
    int64_t feature_stride;          /* >= m */
    int64_t weight_stride;           /* >= m */
    int64_t pair_rows;               /* P >= 0, rows of pair norms */
    int64_t pair_stride;             /* >= C */
    int64_t angle_stride;            /* >= C */
    int64_t scratch_length;          /* doubles in scratch, >= OA_GEOMETRY_ROWS * C */
    const float* feature_rows;       /* X [n,m] */
    const float* weight_rows;        /* W [C,m] */
    const float* bias;               /* b [C], or null: distances without bias */
    const double* inverse_norms;     /* 1/|W_j| [C], 0 for a zero direction */
    const float* inverse_pair_norms; /* 1/|W_i - W_j| [P,C], 0: skip the pair */
    const int32_t* reference;        /* i of d(i,j) per row [n], in [0,C) */
    const int32_t* pair_row;         /* where class i's pair norms are, per row [n], in [0,P) */
    const float* sign;               /* +1 or -1 per row [n]: margin = sign * min|d|; or null: margin = min d */
    double* scratch;
    float* angles;              /* out [n,C], degrees in [0,180]; 90 when X or W_j is zero */
    float* length;              /* out [n] */
    float* margin;              /* out [n]; infinite when no pair is left */
    int64_t zero_features;      /* out: rows with |X| = 0 */
    int64_t skipped_pairs;      /* out: (row, j != i) with a pair norm of 0 */
    int64_t negative_distances; /* out: rows with some d(i,j) < 0 */
    int64_t form;               /* out: which form ran, OA_FORM_* */
} oa_geometry;

enum { OA_FORM_MANAGED = 0, OA_FORM_SCALAR = 1, OA_FORM_AVX2 = 2, OA_FORM_NEON = 3, OA_FORM_AVX512 = 5 };

OA_EXPORT int32_t oa_f32_geometry__scalar(oa_geometry* a);
OA_EXPORT int32_t oa_f32_geometry__avx2(oa_geometry* a); /* avx2, fma */
OA_EXPORT int32_t oa_f32_geometry__neon(oa_geometry* a); /* neon */

/* Depth, height and width of something; 2-D convolutions have depth 1, 1-D ones depth and height 1. */
typedef struct oa_extent {
    int64_t depth, height, width;
} oa_extent;

/* How the gradients of a filter's weights become one number, over its C/G * kernel weights. */
enum { OA_MEAN_ABS = 0, OA_ABS_MEAN = 1, OA_SIGNED_MEAN = 2 };

/* Per-sample filter saliency of a convolution: kernels/filter_saliency/filter_saliency.md. Same layout as
   FilterSaliencyArguments in kernels/managed. A call with workspace_length 0 writes workspace_needed and
   returns OA_SMALL_WORKSPACE, or OA_OK where no workspace is needed; other pointers may be null then. */
typedef struct oa_filter_saliency {
    int64_t samples;          /* N >= 0 */
    int64_t channels;         /* C >= 1, a multiple of groups */
    int64_t filters;          /* K >= 1, a multiple of groups */
    int64_t groups;           /* G >= 1 */
    oa_extent input;          /* of X, >= 1 */
    oa_extent output;         /* of dY, >= 0 */
    oa_extent kernel;         /* >= 1 */
    oa_extent stride;         /* >= 1 */
    oa_extent dilation;       /* >= 1 */
    oa_extent pad;            /* before the first element, >= 0; the padding behind follows from the output */
    int64_t first_filter;     /* only filters [first_filter, last_filter) are computed */
    int64_t last_filter;      /* <= K */
    int64_t input_stride;     /* from a sample of X to the next, >= C * input */
    int64_t gradient_stride;  /* from a sample of dY to the next, >= K * output */
    int64_t result_stride;    /* from a row of the result to the next, >= K */
    int64_t mode;             /* OA_MEAN_ABS, OA_ABS_MEAN or OA_SIGNED_MEAN */
    int64_t workspace_length; /* floats in workspace */
    const float* x;           /* X [N,C,input] */
    const float* gradient;    /* dY [N,K,output] */
    const float* scale;       /* [K], a factor per filter (its absolute value but for OA_SIGNED_MEAN), or null */
    float* workspace;
    float* result;            /* out [N,K] */
    int64_t workspace_needed; /* out: floats this form needs for this shape, for any range of filters */
    int64_t form;             /* out: which form ran, OA_FORM_* */
} oa_filter_saliency;

OA_EXPORT int32_t oa_f32_filter_saliency__scalar(oa_filter_saliency* a);
OA_EXPORT int32_t oa_f32_filter_saliency__avx2(oa_filter_saliency* a);   /* avx2, fma */
OA_EXPORT int32_t oa_f32_filter_saliency__avx512(oa_filter_saliency* a); /* avx512f, avx2, fma */
OA_EXPORT int32_t oa_f32_filter_saliency__neon(oa_filter_saliency* a);   /* neon */

/* The nearest rows by cosine: kernels/cosine_knn/cosine_knn.md. Same layout as CosineKnnArguments in kernels/managed.
 */
typedef struct oa_cosine_knn {
    int64_t queries;                  /* q >= 0 */
    int64_t rows;                     /* b in [0,2^31) */
    int64_t features;                 /* d >= 0 */
    int64_t neighbours;               /* k >= 1 */
    int64_t query_stride;             /* >= d */
    int64_t row_stride;               /* >= d */
    int64_t result_stride;            /* >= k */
    int64_t first_query;              /* query i is base row first_query + i, which is left out; -1: leave none out */
    const float* query_matrix;        /* Q [q,d] */
    const float* row_matrix;          /* B [b,d] */
    const float* inverse_query_norms; /* 1/|Q_i| [q], 0 for a zero row */
    const float* inverse_row_norms;   /* 1/|B_j| [b], 0 for a zero row */
    int32_t* index;                   /* out [q,k], nearest first, of equals the lower row first; -1 past the last */
    float* similarity;                /* out [q,k], in [-1,1]; -infinity past the last */
    int64_t form;                     /* out: which form ran, OA_FORM_* */
} oa_cosine_knn;

OA_EXPORT int32_t oa_f32_cosine_knn__scalar(oa_cosine_knn* a);
OA_EXPORT int32_t oa_f32_cosine_knn__avx2(oa_cosine_knn* a); /* avx2, fma */
OA_EXPORT int32_t oa_f32_cosine_knn__neon(oa_cosine_knn* a); /* neon */

/* What score_accumulate adds to each element's sum. */
enum { OA_SCORE_ABS_PRODUCT = 0, OA_SCORE_PRODUCT = 1, OA_SCORE_SQUARE = 2 };

/* Weight scores summed over gradients: kernels/score_accumulate/score_accumulate.md. Same layout as
   ScoreAccumulateArguments in kernels/managed. */
typedef struct oa_score_accumulate {
    int64_t count;         /* n >= 0 */
    int64_t mode;          /* |g*w|, g*w or g*g: OA_SCORE_* */
    const float* gradient; /* g [n] */
    const float* weight;   /* w [n]; not read for OA_SCORE_SQUARE, null there is fine */
    double* sum;           /* in and out [n] */
    int64_t form;          /* out: which form ran, OA_FORM_* */
} oa_score_accumulate;

OA_EXPORT int32_t oa_f32_score_accumulate__scalar(oa_score_accumulate* a);
OA_EXPORT int32_t oa_f32_score_accumulate__avx2(oa_score_accumulate* a); /* avx2, fma */
OA_EXPORT int32_t oa_f32_score_accumulate__neon(oa_score_accumulate* a); /* neon */

/* Filters beside each other in the weights of a Winograd convolution. */
#define OA_WINOGRAD_PANEL 16

/* A 3x3 convolution at stride and dilation 1 by Winograd's minimal filtering: kernels/winograd_conv/winograd_conv.md.
   Same layout as WinogradConvArguments in kernels/managed. Rows of squares are counted through all samples, each has
   ceil(output_height / edge). A call with workspace_length 0 writes workspace_needed and returns OA_SMALL_WORKSPACE;
   other pointers may be null then. */
typedef struct oa_winograd_conv {
    int64_t samples;          /* N >= 0 */
    int64_t channels;         /* C >= 1, of X */
    int64_t filters;          /* K >= 1, of Y */
    int64_t input_height;     /* >= 1 */
    int64_t input_width;      /* >= 1 */
    int64_t output_height;    /* >= 1 */
    int64_t output_width;     /* >= 1 */
    int64_t pad_top;          /* >= 0; what lies behind X is zero */
    int64_t pad_left;         /* >= 0 */
    int64_t edge;             /* outputs along a square's edge: 2 or 4 */
    int64_t first_row;        /* only rows of squares [first_row, last_row) are computed */
    int64_t last_row;         /* <= N ceil(output_height / edge) */
    int64_t input_stride;     /* from a sample of X to the next, >= C * input */
    int64_t output_stride;    /* from a sample of Y, of the addend and of the gate to the next, >= K * output */
    int64_t workspace_length; /* floats in workspace */
    const float* x;           /* X [N,C,input] */
    const float* weights;     /* transformed [(edge + 2)^2, ceil(K / 16), C, 16], zeros past the last filter */
    const float* addend;      /* [N,K,output], added to the convolution, or null */
    const float* gate;        /* [N,K,output], where it is not above 0 the result is 0, or null */
    float* workspace;
    float* y;                 /* out [N,K,output] */
    int64_t workspace_needed; /* out: floats this form needs for this shape, for any rows */
    int64_t form;             /* out: which form ran, OA_FORM_* */
} oa_winograd_conv;

OA_EXPORT int32_t oa_f32_winograd_conv__scalar(oa_winograd_conv* a);
OA_EXPORT int32_t oa_f32_winograd_conv__avx2(oa_winograd_conv* a);   /* avx2, fma */
OA_EXPORT int32_t oa_f32_winograd_conv__avx512(oa_winograd_conv* a); /* avx512f, avx2, fma */
OA_EXPORT int32_t oa_f32_winograd_conv__neon(oa_winograd_conv* a);   /* neon */

#ifdef __cplusplus
}
#endif

#endif
