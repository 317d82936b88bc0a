using OnnxAudit.Compression;
using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Tests.Tools;

namespace OnnxAudit.Tests.Compression.Quantisation;

/// <summary>quantize from file to file, by the accuracy of what it writes.</summary>
public sealed class StaticQuantisationTests : IDisposable
{
    private const string Data = "synthetic:shapes#train[0:200]";
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public StaticQuantisationTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    [InlineData(CalibrationMethod.Mse)]
    public void TheDemoModel_LosesLessThanAPointAndAHalf(CalibrationMethod method)
    {
        var report = StaticQuantisation.Run(Request("out.onnx") with { Method = method, Samples = 128 });
        var (before, after) = (Accuracy(Model, "synthetic:shapes#test[0:500]"), Accuracy(report.Path, "synthetic:shapes#test[0:500]"));
        Assert.InRange(after, before - 1.5, before + 1.5);
        Assert.True(report.BytesAfter < 0.4 * report.BytesBefore, $"{report.BytesAfter} of {report.BytesBefore} bytes");
        Assert.Equal(5, report.Layers.Count);
    }

    [Theory]
    [InlineData(true, false, 8, false)]
    [InlineData(false, true, 7, false)]
    [InlineData(false, false, 8, true)]
    public void OtherForms_RunToo(bool symmetric, bool perTensor, int bits, bool keepNorms)
    {
        var report = StaticQuantisation.Run(
            Request("out.onnx") with { Samples = 128, SymmetricActivations = symmetric, PerTensor = perTensor, WeightBits = bits, KeepNorms = keepNorms });
        var nodes = OnnxReader.Read(report.Path).Graph.Nodes;
        Assert.Equal(keepNorms, nodes.Any(n => n.Is("BatchNormalization")));
        Assert.Equal(symmetric ? ElementType.Int8 : ElementType.UInt8, nodes.First(n => n.Is("QuantizeLinear")).Input(2)!.Initializer!.Type);
        Assert.Equal(perTensor ? 0 : 1, nodes.First(n => n.Is("DequantizeLinear") && n.Input(0)!.Initializer is not null).Input(1)!.Initializer!.Rank);
        var before = Accuracy(Model, "synthetic:shapes#test[0:500]");
        Assert.InRange(Accuracy(report.Path, "synthetic:shapes#test[0:500]"), before - 3, before + 3);
    }

    [Fact]
    public void TheFile_IsTheSameAgain_AndTellsItsLineageAndItsHead()
    {
        var request = Request("out.onnx") with { Method = CalibrationMethod.Percentile, Samples = 64, Seed = 3, Exclude = ["/fc/*"] };
        var report = StaticQuantisation.Run(request);
        Assert.Equal(report.Sha256, StaticQuantisation.Run(request with { OutPath = _folder.In("again.onnx"), Batch = 7 }).Sha256);
        var model = OnnxReader.Read(report.Path);
        var recipe = Recipe.Read(model)!;
        Assert.Equal(("quantize", "percentile", "99.99", "64", "3", "/fc/*"), (recipe.Operation, recipe.Parameter("method"), recipe.Parameter("percentile"),
            recipe.Parameter("samples"), recipe.Parameter("seed"), recipe.Parameter("exclude")));
        Assert.Equal(ModelFiles.DigestOf(OnnxReader.Read(Model), Model), recipe.Parents[0].Sha256);
        Assert.Equal((4, 10), (report.Layers.Count, HeadFinder.Find(model, null).Require().ClassCount));
        Assert.NotNull(model.MetadataOf(Preprocessing.MetadataKey));
        Assert.Null(GraphRules.FirstBroken(model.Graph));
    }

    /// <summary>The image's range, read off the images themselves.</summary>
    [Fact]
    public void TheInputsRange_IsThatOfTheSamplesDrawn()
    {
        var report = StaticQuantisation.Run(Request("out.onnx") with { Samples = 40, Seed = 9, Batch = 16 });
        var preprocessing = Preprocessing.Resolve(null, new Dictionary<string, string>(), Model);
        using var data = DataSpec.Open(Data, new DataOptions { Preprocessing = preprocessing });
        using var drawn = DatasetDraw.Of(data, 40, 9);
        using var stream = BatchStream.Over(drawn, preprocessing, 40);
        var values = stream.Single().Inputs.ToArray();
        Assert.Equal(("input", (double)values.Min(), (double)values.Max()), (report.Activations[0].Name, report.Activations[0].Low, report.Activations[0].High));
        Assert.Equal(40, report.Samples);
    }

    /// <summary>A batch the model insists on is filled up at the end of the data; what fills it must not count. 20 samples at 8: the last 4 rows of 24 are nobody's.</summary>
    [Fact]
    public void AFixedBatch_GivesTheSameRanges()
    {
        var model = OnnxReader.Read(Model);
        var input = model.Graph.Inputs[0];
        input.Type = input.Type! with { Shape = [8, .. input.Type.Shape!.Skip(1)] };
        OnnxWriter.Write(model, _folder.In("eight.onnx"));
        var free = Request("free.onnx") with { Samples = 20, Batch = 8, Method = CalibrationMethod.Percentile, Percentile = 98, Preprocessing = Preprocessing.Resolve(null, new Dictionary<string, string>(), Model) };
        var report = StaticQuantisation.Run(free with { ModelPath = _folder.In("eight.onnx"), OutPath = _folder.In("fixed.onnx") });
        Assert.Equal(StaticQuantisation.Run(free).Activations, report.Activations);
    }

    [Fact]
    public void NonsenseRequests_AreRefused()
    {
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => StaticQuantisation.Run(Request("out.onnx") with { Samples = 0 })).Code);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => StaticQuantisation.Run(Request("out.onnx") with { WeightBits = 4 })).Code);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => StaticQuantisation.Run(Request("out.onnx") with { Percentile = 50 })).Code);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => StaticQuantisation.Run(Request("out.onnx") with { OutPath = Model })).Code);
        Assert.False(File.Exists(_folder.In("out.onnx")));
    }

    [Fact]
    public void TheVerb_WritesWhatTheEngineDoes_AndNeedsData()
    {
        var run = CliRun.Of("quantize", Model, "--data", Data, "--samples", "50", "--threads", "1", "-o", _folder.In("verb.onnx"), "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("onnxaudit.quantize/1", run.Out);
        Assert.Equal(2, CliRun.Of("quantize", Model, "-o", _folder.In("none.onnx")).Code);
        Assert.Equal(2, CliRun.Of("quantize", Model, "--data", Data, "--exclude", "nothing", "-o", _folder.In("none.onnx")).Code);
        Assert.NotEqual(0, CliRun.Of("quantize", _folder.In("verb.onnx"), "--data", Data, "-o", _folder.In("none.onnx")).Code);
        Assert.False(File.Exists(_folder.In("none.onnx")));
    }

    /// <summary>ResNet-20 on 2,000 test images: int8 within a point of float32 by every method, calibrated on 128 training images.</summary>
    [SkippableTheory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    [InlineData(CalibrationMethod.Entropy)]
    [InlineData(CalibrationMethod.Mse)]
    public void ResNet20_LosesLessThanAPoint(CalibrationMethod method)
    {
        var (path, cifar) = (SharedData.Require("models/resnet20_cifar10_dense.onnx"), SharedData.Require("cifar10"));
        var report = StaticQuantisation.Run(new QuantisationRequest(path, _folder.In("int8.onnx"), $"cifar10:{cifar}#train", Ort.Library, "test") { Method = method, Samples = 128 });
        Assert.Equal(22, report.Layers.Count);
        Assert.InRange(Accuracy(report.Path, $"cifar10:{cifar}#test[0:2000]"), Accuracy(path, $"cifar10:{cifar}#test[0:2000]") - 1, 100);
    }

    private static double Accuracy(string path, string spec)
    {
        var model = OnnxReader.Read(path);
        var metadata = model.Metadata.ToDictionary(m => m.Key, m => m.Value);
        var preprocessing = Preprocessing.Resolve(null, metadata, path);
        using var data = DataSpec.Open(spec, new DataOptions { Preprocessing = preprocessing });
        using var session = OrtSession.FromFile(Ort.Library, path, new SessionSettings());
        using var stream = BatchStream.Over(data, preprocessing, 100);
        var right = 0;
        foreach (var batch in stream)
        {
            using var input = OrtTensor.Over(batch.Inputs, batch.Dims);
            var rows = Ort.Floats(session, "logits", (model.Graph.Inputs[0].Name, input));
            for (var i = 0; i < batch.Count; i++)
                if (System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(rows.AsSpan(i * 10, 10)) == data.Labels.Span[batch.First + i]) right++;
        }

        return 100.0 * right / data.Count;
    }

    private QuantisationRequest Request(string name) => new(Model, _folder.In(name), Data, Ort.Library, "test");
}
