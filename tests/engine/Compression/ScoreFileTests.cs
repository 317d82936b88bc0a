using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Data;
using OnnxAudit.Tests.Onnx;

namespace OnnxAudit.Tests.Compression;

public sealed class ScoreFileTests : IDisposable
{
    private readonly Written _files = new();
    private readonly Value _first;
    private readonly Value _second;
    private readonly Model _model;

    public ScoreFileTests()
    {
        var sketch = new Sketch(17, 8, 1, 6);
        (_first, _second) = (sketch.Weight(6, 4), sketch.Weight(4, 2));
        _model = sketch.Ends(sketch.Node("MatMul", [sketch.Node("MatMul", [sketch.X, _first]), _second]));
    }

    [Fact]
    public void SmallestScoresGo_AndWhatHasNoneStaysDense()
    {
        var scores = Enumerable.Range(0, 24).Select(i => (float)((i * 7 + 3) % 24)).ToArray();
        var result = Masks.Create(_model, Recipe(Write((_first.Name, Tensor.FromFloats([6, 4], scores)))));
        var mask = Assert.Single(result.Masks);
        Assert.Equal(_first.Name, mask.Tensor);
        for (var i = 0; i < 24; i++) Assert.Equal(scores[i] >= 12, mask[i]);
        Assert.Contains(_second.Name, Assert.Single(result.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void DoubleScores_AreTaken() =>
        Assert.Equal(12, Masks.Create(_model, Recipe(Write((_first.Name, Tensor.From<double>(ElementType.Double, [6, 4], [.. Enumerable.Range(0, 24).Select(i => (double)i)]))))).Masks.Single().Kept);

    [Fact]
    public void ArraysThatDoNotFit_AreRefused_ByName()
    {
        Refused("other", Tensor.FromFloats([6, 4], new float[24]), "no prunable weight");
        Refused(_first.Name, Tensor.FromFloats([4, 6], new float[24]), "[4,6]");
        Refused(_first.Name, Tensor.From<long>(ElementType.Int64, [6, 4], new long[24]), "Int64");
        Refused(_first.Name, Tensor.FromFloats([6, 4], [.. Enumerable.Repeat(float.NaN, 24)]), "NaN");
    }

    [Fact]
    public void MethodAndFile_GoTogether()
    {
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => (Recipe("x.npz") with { ScoresPath = null }).Validated()).Code);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => (Recipe("x.npz") with { Method = "magnitude" }).Validated()).Code);
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => Masks.Create(_model, Recipe(_files["absent.npz"]))).Code);
    }

    public void Dispose() => _files.Dispose();

    private static MaskRecipe Recipe(string path) => new() { Method = MaskMethods.FromFile, Amount = 0.5, ScoresPath = path };

    private void Refused(string name, Tensor scores, string found)
    {
        var error = Assert.Throws<AuditException>(() => Masks.Create(_model, Recipe(Write((name, scores)))));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(name, error.Where, StringComparison.Ordinal);
    }

    private string Write(params (string Name, Tensor Scores)[] arrays) =>
        _files.Npz("scores.npz", [.. arrays.Select(a => (a.Name + ".npy", (byte[])[.. NpyWriter.Header(a.Scores.Type, a.Scores.Dims), .. a.Scores.Data.Span]))]);
}
