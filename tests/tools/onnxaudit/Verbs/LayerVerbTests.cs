using System.Text.Json;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>compare --layers on the shipped model and a mask of it.</summary>
public sealed class LayerVerbTests : IDisposable
{
    private static readonly string Model = Path.Combine(SourceTree.Root, "models", "shapes_cnn.onnx");
    private readonly TemporaryFolder _folder = new();

    public LayerVerbTests()
    {
        Directory.CreateDirectory(_folder.Path);
        var run = CliRun.Of("prune", Model, "--method", "magnitude", "--amount", "0.5", "-o", Pruned);
        Assert.True(run.Code == 0, run.Error);
    }

    private string Pruned => _folder.In("pruned.onnx");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Layers_SaysWhatThePruningRemoved()
    {
        var run = CliRun.Of("compare", Model, Pruned, "--layers", "--data", "synthetic:shapes#test[0:20]", "--report", _folder.In("layers.html"), "--json");
        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        var root = document.RootElement;
        Assert.Equal("onnxaudit.layers/1", root.GetProperty("schema").GetString());
        var weights = root.GetProperty("weights").EnumerateArray().ToArray();
        long Sum(string name) => weights.Sum(w => w.GetProperty(name).GetInt64());
        Assert.Equal(Sum("compared") / 2, Sum("zero_only_in_second") + Sum("zero_in_both"));
        Assert.Equal(weights.Length, root.GetProperty("activations").GetArrayLength());
        // The first layer's input is the same image: its output changes by its own weights alone. The last one's sees everything before it.
        Assert.All(root.GetProperty("activations").EnumerateArray(), a => Assert.InRange(a.GetProperty("cosine").GetDouble(), 0.3, 0.99999999));
        Assert.Contains("<title>Layers of shapes_cnn.onnx and pruned.onnx</title>", File.ReadAllText(_folder.In("layers.html")));
        Assert.Contains("zero in both", CliRun.Of("compare", Model, Pruned, "--layers").Out);
    }

    [Theory]
    [InlineData("--data without --layers", "--data", "synthetic:shapes")]
    [InlineData("--suite with --layers", "--layers", "--suite", "x")]
    [InlineData("--preprocess without --data", "--layers", "--preprocess", "x.json")]
    public void OptionsThatDoNotGoTogether_AreUsage(string found, params string[] options)
    {
        var run = CliRun.Of(["compare", Model, Pruned, .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains(found, run.Error);
    }

    [Fact]
    public void OneModel_IsUsage() => Assert.Contains("found 1 model; expected two with --layers", CliRun.Of("compare", Model, "--layers").Error);
}
