using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

/// <summary>Learning from another model's scores; the numbers of the loss itself are PyTorch's, in TrainingSessionTests.</summary>
public sealed class TeacherTests : IDisposable
{
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public TeacherTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheTeacher_IsAParentAndChangesTheResult()
    {
        var alone = ModelTraining.Run(Request("alone.onnx") with { TeacherPath = null, Settings = Settings with { Loss = new TrainingLoss() } });
        var taught = ModelTraining.Run(Request("taught.onnx"));
        Assert.Equal(["base", "teacher"], taught.Recipe.Parents.Select(p => p.Role));
        Assert.Equal(("2", "0.5"), (taught.Recipe.Parameter("temperature"), taught.Recipe.Parameter("teacher-weight")));
        Assert.NotEqual(alone.Sha256, taught.Sha256);
        Assert.Null(alone.Recipe.Parameter("temperature"));
    }

    [Fact]
    public void ATeacherThatDoesNotFit_IsRefusedBeforeAnyStep()
    {
        var small = Path.Combine(SourceTree.Root, "tests", "oracles", "training", "small_net.onnx"); // 5 classes
        Refused(AuditCode.Invalid, Request("out.onnx") with { TeacherPath = small }, "5 classes");
        Refused(AuditCode.Invalid, Request("out.onnx") with { TeacherPath = _folder.In("none.onnx") }, null);
        var other = OnnxReader.Read(Model);
        other.SetMetadata(Preprocessing.MetadataKey, new Preprocessing { Source = "test", Mean = [0.1f, 0.2f, 0.3f] }.ToJson());
        OnnxWriter.Write(other, _folder.In("other.onnx"));
        Refused(AuditCode.Usage, Request("out.onnx") with { TeacherPath = _folder.In("other.onnx") }, null);
        Refused(AuditCode.Usage, Request("out.onnx") with { OutPath = _folder.In("other.onnx"), TeacherPath = _folder.In("other.onnx") }, null);
        Assert.False(File.Exists(_folder.In("out.onnx")));
    }

    [Fact]
    public void AnotherInputShape_IsRefused()
    {
        var error = Assert.Throws<AuditException>(() => Teacher.Open(Model, [3, 64, 64], 10, null, Ort.Library, new()));
        Assert.Equal(AuditCode.Invalid, error.Code);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(double.NaN, 0.5)]
    [InlineData(double.PositiveInfinity, 0.5)]
    [InlineData(4, 0)]
    [InlineData(4, 1.01)]
    public void NumbersOutOfRange_AreRefused(double temperature, double weight) =>
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => new Distillation(temperature, weight).Validated()).Code);

    /// <summary>A model that insists on a batch of 4 takes 10 samples as 4, 4 and 2 filled up.</summary>
    [Fact]
    public void AFixedBatch_GivesTheScoresOfAFreeOne()
    {
        var model = OnnxReader.Read(Model);
        var input = model.Graph.Inputs.Single(i => i.Initializer is null);
        input.Type = input.Type! with { Shape = [4, .. input.Type.Shape!.Skip(1)] };
        OnnxWriter.Write(model, _folder.In("four.onnx"));
        long[] dims = [10, .. input.Type.Shape!.Skip(1).Select(d => d.Size!.Value)];
        var random = new Random(1);
        var images = Enumerable.Range(0, (int)Tensor.CountOf(dims)).Select(_ => random.NextSingle()).ToArray();
        using var free = Teacher.Open(Model, dims.AsSpan(1), 10, null, Ort.Library, new());
        using var four = Teacher.Open(_folder.In("four.onnx"), dims.AsSpan(1), 10, null, Ort.Library, new());
        var (expected, found) = (free.Scores(images, dims, default), four.Scores(images, dims, default));
        Assert.Equal(100, expected.Length);
        foreach (var (e, f) in expected.Zip(found, (e, f) => (e, f))) Assert.Equal(e, f, 1e-4f); // sums of another batch may be split otherwise
    }

    private static TrainingSettings Settings => new()
    {
        Epochs = 1,
        Batch = 23,
        Rate = new LearningRate { Peak = 0.01 },
        Loss = new TrainingLoss(0, new Distillation(2, 0.5)),
    };

    private TrainingRequest Request(string name) => new(Model, _folder.In(name), "synthetic:shapes#train[0:70]", Settings, Ort.Library, TimeProvider.System, "test") { TeacherPath = Model };

    private static void Refused(AuditCode code, TrainingRequest request, string? found)
    {
        var error = Assert.Throws<AuditException>(() => ModelTraining.Run(request));
        Assert.Equal(code, error.Code);
        if (found is not null) Assert.Equal(found, error.Found);
    }
}
