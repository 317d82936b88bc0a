using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Compression;

/// <summary>A mask means one function, whether it overrides weights, is baked into a file or multiplies live.</summary>
public sealed class ApplicationAgreementTests : IDisposable
{
    private const int Samples = 64;

    /// <summary>Of logits up to about 30: a few float32 roundings of a network whose batch norm is folded in one way and not in the other.</summary>
    private const double Tolerance = 1e-5;

    private static readonly double[] Amounts = [0.5, 0.9];

    private readonly string _folder = Directory.CreateTempSubdirectory("oa-agree-").FullName;

    public static TheoryData<string, string> SharedModels => new()
    {
        { "resnet20_cifar10_dense", "cifar10_inputs200" },
        { "resnet20_cifar10_mag50", "cifar10_inputs200" },
        { "lenet5_fmnist", "fmnist_inputs200" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [MemberData(nameof(SharedModels))]
    public void OverrideBakedAndLive_Agree_AndDifferFromDense(string name, string inputs)
    {
        var path = SharedData.Require($"models/{name}.onnx");
        var images = NpyFile.Read(SharedData.Require($"inputs/{inputs}.npy"));
        var model = OnnxReader.Read(path);
        var masks = Amounts.Select(a => Masks.Create(model, Recipe(a)).Masks).ToArray();
        AssertCountsAndNesting(masks);

        var dense = Logits(OrtSession.FromFile(RuntimeLibrary.Loaded, path, new SessionSettings()), images);
        var liveModel = OnnxReader.Read(path);
        var live = MaskApplication.AddLive(liveModel, masks[0]);
        using var liveSession = OrtSession.FromMemory(RuntimeLibrary.Loaded, OnnxWriter.ToBytes(liveModel), name, new SessionSettings());
        AssertClose(Run(liveSession, images, []), Overridden(model, masks[0], images), "the live mask's default");
        for (var i = 0; i < Amounts.Length; i++)
        {
            var overridden = Overridden(model, masks[i], images);
            var baked = Path.Combine(_folder, FormattableString.Invariant($"{name}-{i}.onnx"));
            foreach (var sparse in new[] { false, true })
            {
                Pruning.Prune(path, Recipe(Amounts[i]), baked, new PruneOptions { Sparse = sparse }, "test");
                AssertClose(Logits(OrtSession.FromFile(RuntimeLibrary.Loaded, baked, new SessionSettings()), images), overridden, sparse ? "baked sparse" : "baked");
            }

            AssertClose(Run(liveSession, images, [.. live.Select((l, m) => (l.Input, l.ValueOf(masks[i][m])))]), overridden, "live");
            Assert.True(Distance(dense, overridden) > 0.01, $"at {Amounts[i]} the logits are the dense model's");
        }
    }

    private static MaskRecipe Recipe(double amount) => new() { Method = "magnitude", Amount = amount };

    private static void AssertCountsAndNesting(MaskSet[] masks)
    {
        for (var a = 0; a < Amounts.Length; a++)
            Assert.Equal((long)Math.Floor(Amounts[a] * masks[a].Weights + 1e-9), masks[a].Weights - masks[a].Kept);
        foreach (var (more, less) in masks[0].Zip(masks[1]))
            for (var i = 0; i < more.Count; i++) Assert.True(more[i] || !less[i]);
    }

    private static float[] Overridden(Model model, MaskSet masks, Tensor images)
    {
        var bytes = OnnxWriter.ToBytes(model, new OnnxWriteOptions { Externalised = masks.Select(m => m.Tensor).ToHashSet() });
        return Logits(OrtSession.FromMemory(RuntimeLibrary.Loaded, bytes, "override", new SessionSettings(), MaskApplication.Overrides(model, masks)), images);
    }

    private static float[] Logits(OrtSession session, Tensor images)
    {
        using (session) return Run(session, images, []);
    }

    private static float[] Run(OrtSession session, Tensor images, IReadOnlyList<(string Name, Tensor Value)> more)
    {
        long[] dims = [Samples, .. images.Dims[1..]];
        using var x = OrtTensor.Over(new Tensor(images.Type, dims, images.Data[..(int)images.Type.ByteLength(Tensor.CountOf(dims))]));
        var fed = more.Select(m => (m.Name, Tensor: OrtTensor.Over(m.Value))).ToList();
        using var logits = session.Run([("input", x), .. fed], ["logits"])[0];
        foreach (var (_, tensor) in fed) tensor.Dispose();
        return logits.Span<float>().ToArray();
    }

    private static double Distance(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs((double)x - y)).Max();

    private static void AssertClose(float[] actual, float[] expected, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var distance = Distance(actual, expected);
        Assert.True(distance <= Tolerance, FormattableString.Invariant($"{what}: logits differ by {distance:g3}"));
    }
}
