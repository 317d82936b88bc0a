using OnnxAudit.Onnx;

namespace OnnxAudit.Compression.Structured;

/// <summary>w·g of every weight of the layers, g the gradient of the mean loss over drawn samples.</summary>
internal sealed class FilterProducts
{
    private static readonly GradientMethod Signed = new(1024, Curvature.None, (g, _, w) => g * w);

    private readonly Dictionary<string, ReadOnlyMemory<float>> _products;

    private FilterProducts(Dictionary<string, ReadOnlyMemory<float>> products, string data, int samples) => (_products, Data, Samples) = (products, data, samples);

    /// <summary>Id and digest of the data.</summary>
    public string Data { get; }

    /// <summary>Samples drawn.</summary>
    public int Samples { get; }

    /// <summary>The products of a layer, in the order of its weights.</summary>
    public ReadOnlyMemory<float> Of(LayerFilters layer) => _products[layer.WeightName];

    /// <summary>Takes the gradients.</summary>
    /// <exception cref="AuditException">Invalid: weights that are no float32 initializers, or a model that cannot be differentiated; the data.</exception>
    public static FilterProducts Of(Graphs.Model model, ChannelWalk walk, StructuredRequest request, CancellationToken cancellation)
    {
        if (walk.Layers.FirstOrDefault(l => Constants.Source(l.Node.Input(1)) is null) is { } computed)
            throw new AuditException(AuditCode.Invalid, $"{model.Source}, {computed.Node}", "weights that are no initializer", "an initializer, to take a gradient of", "Choose a criterion of the weights alone.");
        PrunableTensor[] tensors = [.. walk.Layers.DistinctBy(l => l.WeightName).Select(l => new PrunableTensor(l.WeightName, Constants.Source(l.Node.Input(1))!.Initializer!, l.Node.OpType, l.Node.Name))];
        var source = GradientData.Open(model, request.ModelPath, request.DataOf(request.Data!), request.Threads) with { Cancellation = cancellation };
        using var data = source.Data;
        var recipe = new MaskRecipe { Method = "taylor", Amount = 0, Seed = request.Seed, Samples = request.Samples };
        var products = GradientScores.Of(model, tensors, Signed, recipe, source);
        return new FilterProducts(tensors.Zip(products).ToDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal), source.Text, Math.Min(request.Samples, data.Count));
    }
}
