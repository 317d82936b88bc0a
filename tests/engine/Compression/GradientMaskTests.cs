using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Plans;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Oracles;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression;

/// <summary>Scores from gradients, on a smooth net of 82 parameters whose exact gradients and Hessian the float64 evaluator gives.</summary>
public class GradientMaskTests
{
    private const int Images = 12;

    private static readonly MaskRecipe Half = new() { Method = "taylor", Amount = .5, Seed = 3 };
    private static readonly string[] Weights = ["conv", "fc"];

    /// <summary>
    /// H·e_m by differentiating twice against central differences of the gradient, all in float64: with the step 1e-5 they err by about 1e-10 relative to the
    /// third derivative, and the constants in the graph by float32 rounding.
    /// </summary>
    [Fact]
    public void HessianProducts_AreThoseOfDifferencesOfGradients()
    {
        var net = Exact.Of(Net(), products: true);
        foreach (var (t, name) in Weights.Index())
            for (var m = 0; m < net.Weight(name).Length; m++)
            {
                var product = net.Product(t, m);
                var (above, below) = (net.Gradients((name, m, 1e-5)), net.Gradients((name, m, -1e-5)));
                for (var u = 0; u < 2; u++)
                    for (var k = 0; k < product[u].Length; k++)
                        Assert.Equal((above[u][k] - below[u][k]) / 2e-5, product[u][k], 1e-6 * Math.Max(1, Math.Abs(product[u][k])));
            }
    }

    /// <summary>
    /// The estimate of H_mm over R probes has the variance Σ_{k≠m} H_mk² / R: within 5 deviations of the exact diagonal for every weight, and 1e-5 of float32.
    /// </summary>
    [Fact]
    public void Hutchinson_EstimatesTheExactDiagonal()
    {
        const int Probes = 512;
        var net = Exact.Of(Net(), products: true);
        var found = Scores(new GradientMethod(Images, Curvature.Hessian, (_, h, _) => h), Half with { Method = "hessian", Probes = Probes });
        foreach (var (t, name) in Weights.Index())
            for (var m = 0; m < net.Weight(name).Length; m++)
            {
                var row = net.Product(t, m);
                var exact = row[t][m] / Images;
                var rest = row.Sum(r => r.Sum(h => h * h)) / (Images * Images) - exact * exact;
                Assert.InRange(found[t][m], exact - 5 * Math.Sqrt(rest / Probes) - 1e-5, exact + 5 * Math.Sqrt(rest / Probes) + 1e-5);
            }
    }

    [Fact]
    public void Hessian_IsThePapersImportance()
    {
        var (g, h) = (Scores(new GradientMethod(Images, Curvature.Hessian, (g, _, _) => g), Half), Scores(new GradientMethod(Images, Curvature.Hessian, (_, h, _) => h), Half));
        var importance = Scores(GradientMethod.Hessian, Half);
        foreach (var (t, name) in Weights.Index())
            foreach (var (m, w) in Net().Graph.Find(name)!.Initializer!.ToFloats().Index())
                Assert.Equal(Math.Abs(-g[t][m] * w + 0.5 * h[t][m] * w * w), importance[t][m], 1e-6);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5L)]
    public void Fisher_IsTheMeanOfSquaredGradientsOfSingleSamples(long? fixedBatch)
    {
        var net = Exact.Of(Net());
        var found = Scores(GradientMethod.Fisher, Half, Net(fixedBatch));
        var single = Enumerable.Range(0, Images).Select(n => net.Gradients(sample: n)).ToArray();
        foreach (var (t, name) in Weights.Index())
            foreach (var (m, w) in net.Weight(name).Index())
                Assert.Equal(0.5 * single.Average(g => g[t][m] * g[t][m]) * w * w, found[t][m], 1e-6);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5L)]
    public void Taylor_IsTheMeanGradientTimesTheWeight(long? fixedBatch)
    {
        var net = Exact.Of(Net());
        var found = Scores(GradientMethod.Taylor, Half, Net(fixedBatch));
        var sums = net.Gradients();
        foreach (var (t, name) in Weights.Index())
            foreach (var (m, w) in net.Weight(name).Index()) Assert.Equal(Math.Abs(sums[t][m] / Images * w), found[t][m], 1e-6);
    }

    [Fact]
    public void Snip_IsTaylorAsShares()
    {
        var (snip, taylor) = (Scores(GradientMethod.Snip, Half with { Samples = Images }), Scores(GradientMethod.Taylor, Half));
        var sum = taylor.Sum(t => t.Sum(s => (double)s));
        Assert.Equal(1, snip.Sum(t => t.Sum(s => (double)s)), 6);
        Assert.Equal(taylor.SelectMany(t => t.Select(s => (float)(s / sum))), snip.SelectMany(t => t), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData("taylor")]
    [InlineData("fisher")]
    [InlineData("hessian")]
    [InlineData("snip")]
    public void Masks_FollowTheSeed_AndNest(string method)
    {
        using var data = Data();
        var source = new GradientSource(RuntimeLibrary.Loaded, data, null);
        MaskSet Make(double amount, ulong seed) => Masks.Create(Net(), Half with { Method = method, Amount = amount, Seed = seed, Samples = 6 }, gradients: source).Masks;
        var (some, more) = (Make(.3, 1), Make(.6, 1));
        Assert.Equal(some.Digest, Make(.3, 1).Digest);
        Assert.NotEqual(some.Digest, Make(.3, 2).Digest);
        foreach (var (a, b) in some.Zip(more))
            for (var i = 0; i < a.Count; i++) Assert.True(a[i] || !b[i]);
        Assert.Equal(some.Weights - (long)Math.Floor(.3 * some.Weights + 1e-9), some.Kept);
    }

    [Fact]
    public void Recipe_NamesSamplesProbesSeedAndData()
    {
        using var data = Data();
        var recipe = (Half with { Method = "hessian" }).Validated().Over(new GradientSource(RuntimeLibrary.Loaded, data, null));
        Assert.Equal(["method", "amount", "scope", "seed", "samples", "probes", "data"], recipe.Parameters().Select(p => p.Key));
        Assert.Equal(("12", "32", $"arrays sha256:{data.Digest}"), (recipe.Parameters()[4].Value, recipe.Parameters()[5].Value, recipe.Parameters()[6].Value));
    }

    [Fact]
    public void WhatAMethodCannotTake_IsRefused()
    {
        Assert.Equal("probes", Assert.Throws<AuditException>(() => (Half with { Probes = 32 }).Validated()).Where["mask ".Length..]);
        Assert.Equal("31", Assert.Throws<AuditException>(() => (Half with { Method = "hessian", Probes = 31 }).Validated()).Found);
        Assert.Equal("samples", Assert.Throws<AuditException>(() => (Half with { Method = "magnitude", Samples = 5 }).Validated()).Where["mask ".Length..]);
        Assert.Equal("no data to take gradients over", Assert.Throws<AuditException>(() => Masks.Create(Net(), Half)).Found);
        var plan = new AuditPlan { Variants = [new VariantPlan("a", "a.onnx", Half)], Suites = [new SuitePlan("s", "synthetic:shapes")] };
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => PlanRules.Check(plan, "plan")).Code);
    }

    private static float[][] Scores(GradientMethod method, MaskRecipe recipe, Model? model = null)
    {
        using var data = Data();
        model ??= Net();
        return [.. GradientScores.Of(model, Prunable.Find(model), method, recipe, new GradientSource(RuntimeLibrary.Loaded, data, null) { Batch = 5 }).Select(s => s.ToArray())];
    }

    // x [N,1,4,4] → Conv 3×3, 3 filters → Tanh → Flatten → Gemm → 4 classes: 27 + 3 + 48 + 4 = 82 parameters.
    private static Model Net(long? batch = null)
    {
        var graph = new Graph("net");
        var x = graph.Value("x");
        x.Type = new TensorType(ElementType.Float, [batch is { } n ? n : new Dim(null, "batch"), 1, 4, 4]);
        graph.AddInput(x);
        Value Constant(string name, int seed, params long[] dims) => graph.SetInitializer(name, Float64Tensor.Uniform(seed, -1, 1, dims).ToTensor());
        Value Node(string op, params Value?[] inputs) => graph.AddNode(op, inputs, [graph.NewValue(op)]).Outputs[0]!;
        var flat = Node("Flatten", Node("Tanh", Node("Conv", x, Constant("conv", 1, 3, 1, 3, 3), Constant("conv.bias", 2, 3))));
        var y = Node("Gemm", flat, Constant("fc", 3, 12, 4), Constant("fc.bias", 4, 4));
        y.Type = new TensorType(ElementType.Float, [x.Type.Shape![0], 4]);
        graph.AddOutput(y);
        var model = new Model(graph) { Source = "net" };
        model.Opsets.Add(new("", 13));
        return model;
    }

    private static Arrays Data() => new();

    /// <summary>Random images and labels.</summary>
    private sealed class Arrays : ImageDataset
    {
        internal static readonly Float64Tensor Values = Float64Tensor.Random(9, Images, 1, 4, 4);

        public override string Spec => "arrays";

        public override string Id => "arrays";

        public override ImageShape Shape => new(1, 4, 4);

        public override SampleEncoding Encoding => SampleEncoding.Floats;

        public override ReadOnlyMemory<int> Labels { get; } = Enumerable.Range(0, Images).Select(i => i * 7 % 4).ToArray();

        public override ReadOnlyMemory<long> SourceIndices { get; } = Enumerable.Range(0, Images).Select(i => (long)i).ToArray();

        public override IReadOnlyList<string> Classes => ["0", "1", "2", "3"];

        public override string Digest => new('a', 64);

        public override void ReadPixels(int index, Span<byte> pixels) => throw new NotSupportedException();

        public override void ReadFloats(int index, Span<float> values)
        {
            for (var i = 0; i < 16; i++) values[i] = (float)Values.Values[index * 16 + i];
        }
    }

    /// <summary>Gradients and Hessian products of the summed loss in float64.</summary>
    private sealed class Exact(WeightGradients grown, Dictionary<string, Float64Tensor> feeds)
    {
        public static Exact Of(Model model, bool products = false)
        {
            using var data = Data();
            var grown = WeightGradients.Build(model, Weights, [1, 4, 4], null, products, Ort.Library);
            return new Exact(grown, new()
            {
                [grown.Image.Name] = Arrays.Values,
                [grown.Labels] = Float64Tensor.Ints([.. data.Labels.ToArray().Select(l => (long)l)]),
            });
        }

        public double[] Weight(string name) => Float64Tensor.Of(grown.Model.Graph.Find(name)!.Initializer!).Values;

        /// <summary>Gradients with one weight shifted, of all samples or of one.</summary>
        public double[][] Gradients((string Name, int Element, double By)? shift = null, int? sample = null) => Run(grown.Gradients, shift, sample, null);

        /// <summary>H·e for the unit vector of one weight.</summary>
        public double[][] Product(int tensor, int element) => Run(grown.Products, null, null, (tensor, element));

        private double[][] Run(IReadOnlyList<string?> outputs, (string Name, int Element, double By)? shift, int? sample, (int Tensor, int Element)? unit)
        {
            var given = new Dictionary<string, Float64Tensor>(feeds) { [grown.Shares] = Float64Tensor.From([.. Enumerable.Range(0, Images).Select(n => sample is null || n == sample ? 1.0 : 0)], Images) };
            if (shift is { } s)
            {
                var weight = Float64Tensor.Of(grown.Model.Graph.Find(s.Name)!.Initializer!);
                var values = (double[])weight.Values.Clone();
                values[s.Element] += s.By;
                given[s.Name] = weight.With(values);
            }

            for (var t = 0; t < grown.Probes.Count; t++)
            {
                var weight = Float64Tensor.Of(grown.Model.Graph.Find(Weights[t])!.Initializer!);
                var values = new double[weight.Values.Length];
                if (unit is { } u && u.Tensor == t) values[u.Element] = 1;
                given[grown.Probes[t]] = weight.With(values);
            }

            var found = Float64Evaluator.Run(grown.Model.Graph, given, [.. outputs.Select(o => o!)]);
            return [.. outputs.Select(o => found[o!].Values)];
        }
    }
}
