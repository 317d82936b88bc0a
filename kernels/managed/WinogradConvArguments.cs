using System.Runtime.InteropServices;

namespace OnnxAudit.Kernels;

/// <summary>
/// What the Winograd convolution reads and writes: the C struct <c>oa_winograd_conv</c> of kernels/include/onnxaudit_kernels.h, where strides, aliasing
/// and error codes are written; the equation is in kernels/winograd_conv/winograd_conv.md. <see cref="WinogradConv"/> fills it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct WinogradConvArguments
{
    /// <summary>Samples N ≥ 0.</summary>
    public long Samples;

    /// <summary>Channels C ≥ 1 of X.</summary>
    public long Channels;

    /// <summary>Filters K ≥ 1, the channels of Y.</summary>
    public long Filters;

    /// <summary>Rows of a map of X, ≥ 1.</summary>
    public long InputHeight;

    /// <summary>Columns of a map of X, ≥ 1.</summary>
    public long InputWidth;

    /// <summary>Rows of a map of Y, ≥ 1.</summary>
    public long OutputHeight;

    /// <summary>Columns of a map of Y, ≥ 1.</summary>
    public long OutputWidth;

    /// <summary>Zeros above X, ≥ 0; what lies below follows from the output.</summary>
    public long PadTop;

    /// <summary>Zeros to the left of X, ≥ 0.</summary>
    public long PadLeft;

    /// <summary>Outputs along a square's edge: 2 or 4.</summary>
    public long Edge;

    /// <summary>Rows of squares, counted through all samples, are computed from here …</summary>
    public long FirstRow;

    /// <summary>… up to, not including, here.</summary>
    public long LastRow;

    /// <summary>Elements from one sample of X to the next, ≥ C · input.</summary>
    public long InputStride;

    /// <summary>Elements from one sample of Y, of the addend and of the gate to the next, ≥ K · output.</summary>
    public long OutputStride;

    /// <summary>Floats in <see cref="Workspace"/>, ≥ <see cref="WorkspaceNeeded"/>.</summary>
    public long WorkspaceLength;

    /// <summary>X [N,C,input].</summary>
    public float* X;

    /// <summary>The transformed weights, <see cref="WinogradWeights"/>.</summary>
    public float* Weights;

    /// <summary>Added to the convolution [N,K,output], or null.</summary>
    public float* Addend;

    /// <summary>Where it is not above 0 the result is 0 [N,K,output], or null.</summary>
    public float* Gate;

    /// <summary>Working memory.</summary>
    public float* Workspace;

    /// <summary>Out: Y [N,K,output].</summary>
    public float* Y;

    /// <summary>Out: floats of workspace the form needs for this shape, for any rows.</summary>
    public long WorkspaceNeeded;

    /// <summary>Out: the number of the form that ran.</summary>
    public long Form;
}
