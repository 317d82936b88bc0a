using System.Buffers;

namespace OnnxAudit.Kernels;

/// <summary>A 3×3 convolution at stride 1 as the Winograd kernel sees it.</summary>
/// <param name="Samples">N ≥ 0.</param>
/// <param name="InputHeight">Rows of a map of X.</param>
/// <param name="InputWidth">Columns of a map of X.</param>
/// <param name="OutputHeight">Rows of a map of Y.</param>
/// <param name="OutputWidth">Columns of a map of Y.</param>
/// <param name="PadTop">Zeros above X; what lies below follows from the output.</param>
/// <param name="PadLeft">Zeros to the left of X.</param>
public readonly record struct WinogradShape(long Samples, long InputHeight, long InputWidth, long OutputHeight, long OutputWidth, long PadTop, long PadLeft)
{
    /// <summary>Rows of squares in all samples, the unit work is divided by.</summary>
    public long Rows(int edge) => Samples * ((OutputHeight + edge - 1) / edge);
}

/// <summary>A 3×3 convolution at stride 1 by Winograd's minimal filtering (kernels/winograd_conv/winograd_conv.md).</summary>
public static unsafe class WinogradConv
{
    private const string Kernel = "winograd_conv";
    private const int SmallWorkspace = 4;

    /// <summary>Every form, best first: the one list that dispatch, tests and benches read.</summary>
    public static IReadOnlyList<ArgumentForm<WinogradConvArguments>> Forms { get; } =
    [
        ArgumentForm<WinogradConvArguments>.OfLibrary(Kernel, "avx512", "avx512f", "avx2", "fma"),
        ArgumentForm<WinogradConvArguments>.OfLibrary(Kernel, "avx2", "avx2", "fma"),
        ArgumentForm<WinogradConvArguments>.OfLibrary(Kernel, "neon", "neon"),
        ArgumentForm<WinogradConvArguments>.OfManaged(Kernel, WinogradConvManaged.Run),
        ArgumentForm<WinogradConvArguments>.OfLibrary(Kernel, "scalar"),
    ];

    /// <summary>
    /// y = (x ⋆ w + addend)·[gate > 0] for the rows of squares [first, last) of <see cref="WinogradShape.Rows"/>. x: [N,C,input]; y, addend, gate:
    /// [N,K,output], the last two empty when there are none; y may be neither of them. The same bits however rows are divided. Not finite values reach every output of
    /// the squares that meet them. Spans too short, rows out of range: <see cref="ArgumentException"/>.
    /// </summary>
    public static void Run(ArgumentForm<WinogradConvArguments> form, in WinogradShape shape, WinogradWeights weights, ReadOnlySpan<float> x,
        ReadOnlySpan<float> addend, ReadOnlySpan<float> gate, Span<float> y, long first, long last)
    {
        var (input, output) = (weights.Channels * shape.InputHeight * shape.InputWidth, weights.Filters * shape.OutputHeight * shape.OutputWidth);
        Holds(x.Length, shape.Samples * input, "x");
        Holds(y.Length, shape.Samples * output, "y");
        if (!addend.IsEmpty) Holds(addend.Length, shape.Samples * output, "the addend");
        if (!gate.IsEmpty) Holds(gate.Length, shape.Samples * output, "the gate");
        if (first < 0 || first > last || last > shape.Rows(weights.Edge)) throw new ArgumentException(FormattableString.Invariant($"rows {first} to {last} of {shape.Rows(weights.Edge)}"));
        fixed (float* inputs = x, added = addend, gates = gate, outputs = y, transformed = weights.Values)
        {
            var arguments = new WinogradConvArguments
            {
                Samples = shape.Samples,
                Channels = weights.Channels,
                Filters = weights.Filters,
                InputHeight = shape.InputHeight,
                InputWidth = shape.InputWidth,
                OutputHeight = shape.OutputHeight,
                OutputWidth = shape.OutputWidth,
                PadTop = shape.PadTop,
                PadLeft = shape.PadLeft,
                Edge = weights.Edge,
                FirstRow = first,
                LastRow = last,
                InputStride = input,
                OutputStride = output,
                X = inputs,
                Weights = transformed,
                Addend = added,
                Gate = gates,
                Y = outputs,
            };
            var nothing = arguments with { LastRow = first };
            if (form.Try(ref nothing) is not (0 or SmallWorkspace)) throw new InvalidOperationException(FormattableString.Invariant($"{Kernel} form '{form.Name}' refused {shape}"));
            arguments.WorkspaceLength = nothing.WorkspaceNeeded;
            var memory = ArrayPool<float>.Shared.Rent(checked((int)nothing.WorkspaceNeeded));
            fixed (float* workspace = memory)
            {
                arguments.Workspace = workspace;
                form.Run(ref arguments);
            }

            ArrayPool<float>.Shared.Return(memory);
        }
    }

    private static void Holds(int length, long needed, string what)
    {
        if (length < needed) throw new ArgumentException(FormattableString.Invariant($"{what} has {length} elements, the shape needs {needed}"));
    }
}
