using System.Runtime.InteropServices;

namespace OnnxAudit.Kernels;

/// <summary>How the gradients of a filter's weights become one number.</summary>
public enum FilterAggregate
{
    /// <summary>The mean of the absolute gradients (arXiv:2108.01335, eq. 1).</summary>
    MeanAbs = 0,

    /// <summary>The absolute value of the mean gradient.</summary>
    AbsMean = 1,

    /// <summary>The mean gradient.</summary>
    SignedMean = 2,
}

/// <summary>
/// What the filter saliency kernel reads and writes: the C struct <c>oa_filter_saliency</c> of kernels/include/onnxaudit_kernels.h, where strides,
/// aliasing and error codes are written; the equation is in kernels/filter_saliency/filter_saliency.md. <see cref="FilterSaliency"/> fills it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct FilterSaliencyArguments
{
    /// <summary>Samples N ≥ 0.</summary>
    public long Samples;

    /// <summary>Channels C ≥ 1, a multiple of <see cref="Groups"/>.</summary>
    public long Channels;

    /// <summary>Filters K ≥ 1, a multiple of <see cref="Groups"/>.</summary>
    public long Filters;

    /// <summary>Groups G ≥ 1.</summary>
    public long Groups;

    /// <summary>Spatial sizes of X, ≥ 1.</summary>
    public Extent Input;

    /// <summary>Spatial sizes of dY, ≥ 0.</summary>
    public Extent Output;

    /// <summary>Spatial sizes of a filter, ≥ 1.</summary>
    public Extent Kernel;

    /// <summary>Strides, ≥ 1.</summary>
    public Extent Stride;

    /// <summary>Dilations, ≥ 1.</summary>
    public Extent Dilation;

    /// <summary>Padding before the first element, ≥ 0.</summary>
    public Extent Pad;

    /// <summary>Only filters from here on are computed.</summary>
    public long FirstFilter;

    /// <summary>… and up to, not including, here: ≤ K.</summary>
    public long LastFilter;

    /// <summary>Elements from one sample of X to the next, ≥ C · input.</summary>
    public long InputStride;

    /// <summary>Elements from one sample of dY to the next, ≥ K · output.</summary>
    public long GradientStride;

    /// <summary>Elements from one row of the result to the next, ≥ K.</summary>
    public long ResultStride;

    /// <summary>A <see cref="FilterAggregate"/>.</summary>
    public long Mode;

    /// <summary>Floats in <see cref="Workspace"/>, ≥ <see cref="WorkspaceNeeded"/>.</summary>
    public long WorkspaceLength;

    /// <summary>X [N,C,input].</summary>
    public float* X;

    /// <summary>dY [N,K,output].</summary>
    public float* Gradient;

    /// <summary>A factor per filter [K] (its absolute value unless the mode is signed), or null.</summary>
    public float* Scale;

    /// <summary>Working memory.</summary>
    public float* Workspace;

    /// <summary>Out: [N,K].</summary>
    public float* Result;

    /// <summary>Out: floats of workspace the form needs for this shape and mode, for any range of filters.</summary>
    public long WorkspaceNeeded;

    /// <summary>Out: the number of the form that ran, <see cref="FilterSaliencyForm.Number"/>.</summary>
    public long Form;
}
