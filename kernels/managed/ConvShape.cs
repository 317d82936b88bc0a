using System.Runtime.InteropServices;

namespace OnnxAudit.Kernels;

/// <summary>Depth, height and width of something, elements. 2-D convolutions have depth 1, 1-D ones depth and height 1. The C struct <c>oa_extent</c>.</summary>
/// <param name="Depth">Along the first of three spatial axes.</param>
/// <param name="Height">Along the second.</param>
/// <param name="Width">Along the last, contiguous one.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Extent(long Depth, long Height, long Width)
{
    /// <summary>Depth · height · width.</summary>
    public long Volume => Depth * Height * Width;

    /// <summary>From one to three spatial sizes, the last the width; what is missing in front is <paramref name="missing"/>.</summary>
    public static Extent Of(ReadOnlySpan<long> sizes, long missing) => sizes.Length switch
    {
        1 => new Extent(missing, missing, sizes[0]),
        2 => new Extent(missing, sizes[0], sizes[1]),
        3 => new Extent(sizes[0], sizes[1], sizes[2]),
        _ => throw new ArgumentException(FormattableString.Invariant($"{sizes.Length} spatial axes: a convolution here has one to three"), nameof(sizes)),
    };
}

/// <summary>One convolution layer as the saliency kernel sees it: X [N,C,input], dY [N,K,output], weights [K,C/G,kernel].</summary>
/// <param name="Samples">N ≥ 0.</param>
/// <param name="Channels">C ≥ 1, a multiple of G.</param>
/// <param name="Filters">K ≥ 1, a multiple of G.</param>
/// <param name="Groups">G ≥ 1.</param>
/// <param name="Input">Spatial sizes of X, ≥ 1.</param>
/// <param name="Output">Spatial sizes of dY, ≥ 0.</param>
/// <param name="Kernel">Spatial sizes of a filter, ≥ 1.</param>
/// <param name="Stride">Strides, ≥ 1.</param>
/// <param name="Dilation">Dilations, ≥ 1.</param>
/// <param name="Pad">Padding before the first element, ≥ 0; the padding behind follows from <paramref name="Output"/>.</param>
public readonly record struct ConvShape(
    long Samples, long Channels, long Filters, long Groups, Extent Input, Extent Output, Extent Kernel, Extent Stride, Extent Dilation, Extent Pad)
{
    private static readonly Extent One = new(1, 1, 1);

    /// <summary>Weights of one filter: C/G · kernel.</summary>
    public long Weights => Channels / Groups * Kernel.Volume;

    /// <summary>Multiplications and additions of every weight gradient of every sample: 2·N·K·output·weights.</summary>
    public double Operations => 2.0 * Samples * Filters * Output.Volume * Weights;

    /// <summary>A linear layer: X [N,features], dY [N,rows], weights [rows,features].</summary>
    public static ConvShape Linear(long samples, long features, long rows) => new(samples, features, rows, 1, One, One, One, One, One, default);

    /// <summary>
    /// From dims and attributes as ONNX's Conv has them, one to three spatial axes. x: [N,C,…]; gradient: [N,K,…]; weight: [K,C/G,…]; strides and
    /// dilations may be empty (1); pads may be empty (0), else as many as there are axes (those in front) or twice that (those behind are ignored: they
    /// follow from the gradient's dims). Dims that contradict each other: <see cref="ArgumentException"/>.
    /// </summary>
    public static ConvShape Of(ReadOnlySpan<long> x, ReadOnlySpan<long> gradient, ReadOnlySpan<long> weight, long groups,
        ReadOnlySpan<long> strides, ReadOnlySpan<long> dilations, ReadOnlySpan<long> pads)
    {
        var axes = x.Length - 2;
        if (axes < 1 || gradient.Length != x.Length || weight.Length != x.Length || groups < 1 || x[0] != gradient[0] || weight[0] != gradient[1]
            || weight[1] * groups != x[1] || (strides.Length != 0 && strides.Length != axes) || (dilations.Length != 0 && dilations.Length != axes)
            || (pads.Length != 0 && pads.Length != axes && pads.Length != 2 * axes))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"no convolution: x [{string.Join(',', x.ToArray())}], gradient [{string.Join(',', gradient.ToArray())}], weight [{string.Join(',', weight.ToArray())}], {groups} groups, {strides.Length} strides, {dilations.Length} dilations, {pads.Length} pads"));
        }

        return new ConvShape(x[0], x[1], gradient[1], groups, Extent.Of(x[2..], 1), Extent.Of(gradient[2..], 1), Extent.Of(weight[2..], 1),
            strides.IsEmpty ? One : Extent.Of(strides, 1), dilations.IsEmpty ? One : Extent.Of(dilations, 1), pads.IsEmpty ? default : Extent.Of(pads[..axes], 0));
    }
}
