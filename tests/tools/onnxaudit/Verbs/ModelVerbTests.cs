using System.Text.Json;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Data;

namespace OnnxAudit.Tests.Tools.Verbs;

/// <summary>inspect, prune and data.</summary>
public sealed class ModelVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void Inspect_OfAPrunedModel_ShowsItsSparsityAndLineage()
    {
        var model = SharedData.Require("models/lenet5_fmnist.onnx");
        var half = _folder.In("half.onnx");
        var pruned = CliRun.Of("prune", model, "--method", "magnitude", "--amount", "0.5", "-o", half);
        Assert.Equal(0, pruned.Code);
        Assert.Contains("30,735 of 61,470", pruned.Out);
        var run = CliRun.Of("inspect", half, "--json");
        Assert.Equal(0, run.Code);
        using var document = JsonDocument.Parse(run.Out);
        var root = document.RootElement;
        Assert.Equal("onnxaudit.inspect/1", root.GetProperty("schema").GetString());
        Assert.Equal(0.5, root.GetProperty("sparsity").GetDouble(), 6);
        Assert.Equal(84, root.GetProperty("head").GetProperty("features").GetInt32());
        Assert.Equal(5, root.GetProperty("layers").GetArrayLength());
        Assert.Equal("prune", root.GetProperty("recipe").GetProperty("operation").GetString());
    }

    [SkippableTheory]
    [InlineData(80)]
    [InlineData(120)]
    public void Inspect_FitsTheTerminal(int width)
    {
        var run = CliRun.At(width, "inspect", SharedData.Require("models/resnet20_cifar10_dense.onnx"));
        Assert.Equal(0, run.Code);
        Assert.All(run.Out.Split('\n'), line => Assert.True(line.Length <= width, line));
    }

    [Fact]
    public void Data_WritesArraysThatNameTheirShape()
    {
        var run = CliRun.Of("data", "synthetic:shapes#test[0:20]", "-o", _folder.In("shapes"), "--json");
        Assert.Equal(0, run.Code);
        using var document = JsonDocument.Parse(run.Out);
        Assert.Equal(20, document.RootElement.GetProperty("samples").GetInt32());
        Assert.Equal("3×32×32", document.RootElement.GetProperty("shape").GetString());
        Assert.True(File.Exists(_folder.In("shapes/images.npy")));
    }

    [SkippableFact]
    public void Data_RemarksFilesPassedOver()
    {
        ImageFileTests.RequireLibraries();
        Directory.CreateDirectory(_folder.In("pictures/ant"));
        File.Copy(ImageFileTests.Oracle("colour.png"), _folder.In("pictures/ant/0.png"));
        File.WriteAllText(_folder.In("pictures/ant/notes.txt"), "none");
        var run = CliRun.Of("data", "folder:" + _folder.In("pictures"), "-o", _folder.In("arrays"));
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("notes.txt is neither PNG nor JPEG", run.Error);
        Assert.DoesNotContain("notes.txt", run.Out);
    }

    [Fact]
    public void Inspect_OfRubbish_Exits3_NamingTheFile()
    {
        Directory.CreateDirectory(_folder.Path);
        File.WriteAllBytes(_folder.In("rubbish.onnx"), [0xFF, 0x01, 0x02, 0x03, 0xFF, 0xFF]);
        var run = CliRun.Of("inspect", _folder.In("rubbish.onnx"));
        Assert.Equal((3, ""), (run.Code, run.Out));
        Assert.Contains("rubbish.onnx", run.Error);
    }
}
