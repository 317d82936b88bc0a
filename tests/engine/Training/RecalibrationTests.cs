using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Tests.Tools;
using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

/// <summary>recalibrate on the shipped model and a few drawn shapes.</summary>
public sealed class RecalibrationTests : IDisposable
{
    private const string Data = "synthetic:shapes#train[0:50]";
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public RecalibrationTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    /// <summary>The first layer's statistics from its definition: the convolution's own outputs, batch by batch, in float64. Float32 sums of 16,384 numbers: 1e-5.</summary>
    [Fact]
    public void FirstStatistics_AreMeansOverBatchesOfMeanAndUnbiasedVariance()
    {
        var report = Recalibration.Run(Request("out.onnx") with { Batches = 3, Batch = 16, Seed = 4 });
        Assert.Equal((4, 3), (report.Norms, report.Batches));
        var model = OnnxReader.Read(Model);
        var norm = model.Graph.Nodes.First(n => n.Is("BatchNormalization"));
        var (before, names) = (norm.Input(0)!, norm.Inputs.Skip(3).Select(v => v!.Name).ToArray());
        foreach (var output in model.Graph.Outputs.ToArray()) model.Graph.RemoveOutput(output);
        before.Type ??= new TensorType(ElementType.Float, null);
        model.Graph.AddOutput(before);
        GraphTrim.Trim(model.Graph);
        using var session = Ort.Session(model);
        var preprocessing = Preprocessing.Resolve(null, new Dictionary<string, string>(), Model);
        using var data = DataSpec.Open(Data, new DataOptions { Preprocessing = preprocessing });
        using var drawn = EpochOrder.Of(data, 4, 0, 0, 48);
        using var stream = BatchStream.Over(drawn, preprocessing, 16);
        double[] mean = new double[16], variance = new double[16];
        foreach (var batch in stream)
        {
            using var input = OnnxAudit.Runtime.OrtTensor.Over(batch.Inputs, batch.Dims);
            var values = Ort.Floats(session, before.Name, (model.Graph.Inputs[0].Name, input));
            for (var c = 0; c < 16; c++)
            {
                double[] channel = [.. Enumerable.Range(0, 16).SelectMany(n => values.Skip((n * 16 + c) * 1024).Take(1024)).Select(v => (double)v)];
                var average = channel.Average();
                mean[c] += average / 3;
                variance[c] += channel.Sum(v => (v - average) * (v - average)) / (channel.Length - 1) / 3;
            }
        }

        var after = OnnxReader.Read(report.Path).Graph;
        Compare(mean, after.Find(names[0])!);
        Compare(variance, after.Find(names[1])!);
    }

    [Fact]
    public void OnlyStatisticsChange_AndTheRecipeSaysHow()
    {
        var report = Recalibration.Run(Request("out.onnx") with { Batch = 16 });
        var (before, after) = (OnnxReader.Read(Model).Graph, OnnxReader.Read(report.Path));
        var statistics = before.Nodes.Where(n => n.Is("BatchNormalization")).SelectMany(n => n.Inputs.Skip(3)).Select(v => v!.Name).ToHashSet();
        foreach (var value in before.Initializers)
            Assert.Equal(!statistics.Contains(value.Name), value.Initializer!.Data.Span.SequenceEqual(after.Graph.Find(value.Name)!.Initializer!.Data.Span));
        var recipe = Recipe.Read(after)!;
        Assert.Equal(("recalibrate", "3", "16"), (recipe.Operation, recipe.Parameter("batches"), recipe.Parameter("batch")));
        Assert.Equal(report.Sha256, Recalibration.Run(Request("again.onnx") with { Batch = 16 }).Sha256);
    }

    [Fact]
    public void NonsenseRequests_AreRefused()
    {
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Recalibration.Run(Request("out.onnx") with { Batches = 0 })).Code);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Recalibration.Run(Request("out.onnx") with { Batch = 1 })).Code);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Recalibration.Run(Request("out.onnx") with { Batch = 51 })).Code);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Recalibration.Run(Request("out.onnx") with { OutPath = Model })).Code);
    }

    [Fact]
    public void TheVerb_WritesWhatTheEngineDoes()
    {
        var run = CliRun.Of("recalibrate", Model, "--data", Data, "--batch", "16", "--threads", "1", "-o", _folder.In("verb.onnx"), "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("onnxaudit.recalibrate/1", run.Out);
        Assert.Equal(2, CliRun.Of("recalibrate", Model, "--data", Data, "--batches", "0", "-o", _folder.In("none.onnx")).Code);
    }

    private static void Compare(double[] expected, Value found)
    {
        var scale = expected.Max(Math.Abs);
        for (var c = 0; c < expected.Length; c++) Assert.Equal(expected[c], found.Initializer!.Span<float>()[c], 1e-5 * scale);
    }

    private RecalibrationRequest Request(string name) => new(Model, _folder.In(name), Data, Ort.Library, "test");
}
