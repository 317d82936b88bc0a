using OnnxAudit.Kernels;

namespace OnnxAudit.Bench.FilterSaliencies;

/// <summary>A convolution layer of a network.</summary>
/// <param name="Shape">Its shape at the network's batch.</param>
/// <param name="Times">How many such layers the network has.</param>
internal sealed record NetworkLayer(ConvShape Shape, int Times)
{
    /// <summary>Whether a form may take it by Winograd's squares, and so execute fewer products than are counted.</summary>
    internal bool MayBeSquares => Shape.Kernel is { Height: 3, Width: 3 } && Shape.Stride.Width == 1;

    internal string Name => FormattableString.Invariant(
        $"{Shape.Kernel.Height}x{Shape.Kernel.Width}/{Shape.Stride.Width} {Shape.Channels}→{Shape.Filters} at {Shape.Output.Height}x{Shape.Output.Width}");
}

/// <summary>The convolutions of a network, in order, equal ones once.</summary>
internal sealed record NetworkLayers(string Name, IReadOnlyList<NetworkLayer> Layers)
{
    internal static IReadOnlyList<NetworkLayers> All { get; } =
    [
        new("ResNet-20, 32x32", [
            Square(8, 3, 16, 32, 3, 1, 1), Square(8, 16, 16, 32, 3, 1, 6),
            Square(8, 16, 32, 32, 3, 2, 1), Square(8, 32, 32, 16, 3, 1, 5),
            Square(8, 32, 64, 16, 3, 2, 1), Square(8, 64, 64, 8, 3, 1, 5),
        ]),
        new("ResNet-18, 32x32", [
            Square(2, 3, 64, 32, 3, 1, 1), Square(2, 64, 64, 32, 3, 1, 4),
            Square(2, 64, 128, 32, 3, 2, 1), Square(2, 64, 128, 32, 1, 2, 1), Square(2, 128, 128, 16, 3, 1, 3),
            Square(2, 128, 256, 16, 3, 2, 1), Square(2, 128, 256, 16, 1, 2, 1), Square(2, 256, 256, 8, 3, 1, 3),
            Square(2, 256, 512, 8, 3, 2, 1), Square(2, 256, 512, 8, 1, 2, 1), Square(2, 512, 512, 4, 3, 1, 3),
        ]),
        new("ResNet-50, 224x224", [
            Square(1, 3, 64, 224, 7, 2, 1),
            Square(1, 64, 64, 56, 1, 1, 1), Square(1, 64, 64, 56, 3, 1, 3), Square(1, 64, 256, 56, 1, 1, 4), Square(1, 256, 64, 56, 1, 1, 2),
            Square(1, 256, 128, 56, 1, 1, 1), Square(1, 128, 128, 56, 3, 2, 1), Square(1, 256, 512, 56, 1, 2, 1), Square(1, 128, 512, 28, 1, 1, 4),
            Square(1, 512, 128, 28, 1, 1, 3), Square(1, 128, 128, 28, 3, 1, 3),
            Square(1, 512, 256, 28, 1, 1, 1), Square(1, 256, 256, 28, 3, 2, 1), Square(1, 512, 1024, 28, 1, 2, 1), Square(1, 256, 1024, 14, 1, 1, 6),
            Square(1, 1024, 256, 14, 1, 1, 5), Square(1, 256, 256, 14, 3, 1, 5),
            Square(1, 1024, 512, 14, 1, 1, 1), Square(1, 512, 512, 14, 3, 2, 1), Square(1, 1024, 2048, 14, 1, 2, 1), Square(1, 512, 2048, 7, 1, 1, 3),
            Square(1, 2048, 512, 7, 1, 1, 2), Square(1, 512, 512, 7, 3, 1, 2),
        ]),
    ];

    /// <summary>The same network at another batch.</summary>
    internal NetworkLayers Of(int batch) => this with { Layers = [.. Layers.Select(layer => layer with { Shape = layer.Shape with { Samples = batch } })] };

    private static NetworkLayer Square(long samples, long channels, long filters, long input, long kernel, long stride, int times)
    {
        var pad = kernel / 2;
        var output = (input + 2 * pad - kernel) / stride + 1;
        return new NetworkLayer(
            ConvShape.Of([samples, channels, input, input], [samples, filters, output, output], [filters, channels, kernel, kernel], 1, [stride, stride], [], [pad, pad]),
            times);
    }
}
