using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Tests.Compression;

public sealed class PruningTests : IDisposable
{
    private static readonly MaskRecipe Half = new() { Method = "magnitude", Amount = .5, Scope = MaskScope.Layer };

    private readonly string _folder = Directory.CreateTempSubdirectory("oa-prune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Prune_WritesZerosLineageAndMasks(bool sparse)
    {
        var parent = Parent();
        var report = Pruning.Prune(parent, Half, At("out.onnx"), new PruneOptions { Sparse = sparse, MaskPath = At("out.masks") }, "9.9.9");
        var model = OnnxReader.Read(At("out.onnx"));
        Assert.Equal([0f, -2f, 0f, 4f], model.Graph.Find("w0")!.Initializer!.Span<float>().ToArray());
        var recipe = Recipe.Read(model)!;
        Assert.Equal(new RecipeParent("base", Digest.OfFile(parent), "parent.onnx"), Assert.Single(recipe.Parents));
        Assert.Equal(("prune", "9.9.9", "layer"), (recipe.Operation, recipe.ToolVersion, recipe.Parameter("scope")));
        Assert.Equal(report.Masks.Digest, MaskSet.Load(At("out.masks")).Digest);
        Assert.Equal((0L, 2L), (report.Before.Prunable.Zeros, report.After.Prunable.Zeros));
        Assert.Equal(Digest.OfFile(At("out.onnx")), report.Sha256);
    }

    [Fact]
    public void Prune_GivesTheSameBytes_EveryTime()
    {
        var parent = Parent();
        var first = Pruning.Prune(parent, Half, At("a.onnx"), null, "1");
        Assert.Equal(first.Sha256, Pruning.Prune(parent, Half, At("b.onnx"), new PruneOptions { Threads = 2 }, "1").Sha256);
    }

    [Fact]
    public void Prune_RefusesToOverwriteTheParent()
    {
        var parent = Parent();
        var before = File.ReadAllBytes(parent);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => Pruning.Prune(parent, Half, parent, null, "1")).Code);
        Assert.Equal(before, File.ReadAllBytes(parent));
    }

    [Theory]
    [InlineData("parent.onnx", "masks", "the input and the output")]
    [InlineData("./parent.onnx", "masks", "the input and the output")]
    [InlineData("linked/parent.onnx", "masks", "the input and the output")]
    [InlineData("link.onnx", "masks", "the input and the output")]
    [InlineData("parent.bin", "masks", "the input's weights and the output")]
    [InlineData("parent", "masks", "the input's weights and the output's weights", "parent.data")]
    [InlineData("out.onnx", "parent.onnx", "the input and the masks")]
    [InlineData("out.onnx", "parent.bin", "the input's weights and the masks")]
    [InlineData("out.onnx", "out.onnx", "the output and the masks")]
    [InlineData("out.onnx", "linked/out.onnx.data", "the output's weights and the masks")]
    public void Prune_RefusesTwoRolesForOneFile_BeforeItWrites(string output, string masks, string found, string weights = "parent.bin")
    {
        OnnxWriter.Write(Models.Chain(Tensor.FromFloats([512, 1, 1], Models.Weights(512, 1))), At("parent.onnx"), new OnnxWriteOptions { ExternalDataFile = weights });
        Directory.CreateSymbolicLink(At("linked"), _folder);
        File.CreateSymbolicLink(At("link.onnx"), At("parent.onnx"));
        var files = Directory.GetFiles(_folder).ToDictionary(f => f, File.ReadAllBytes);
        var error = Assert.Throws<AuditException>(() => Pruning.Prune(At("parent.onnx"), Half, At(output), new PruneOptions { MaskPath = At(masks) }, "1"));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Equal($"{found} in one file", error.Found);
        Assert.Equal(files.Keys.Order(), Directory.GetFiles(_folder).Order());
        Assert.All(files, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Fact]
    public void Prune_WritesNothing_WhenTheRecipeFails()
    {
        Assert.Throws<AuditException>(() => Pruning.Prune(Parent(), Half with { Include = ["nope"] }, At("out.onnx"), null, "1"));
        Assert.False(File.Exists(At("out.onnx")));
    }

    [Fact]
    public void Prune_TakesPreprocessingAlong_FromTheParentsNeighbour()
    {
        var parent = Parent();
        File.WriteAllText(At("parent.json"), """{"normalisation":{"mean":[0.5],"std":[0.25]},"accuracy":0.9}""");
        Assert.Contains("parent.json", Assert.Single(Pruning.Prune(parent, Half, At("out.onnx"), null, "1").Notes));
        var found = Preprocessing.Resolve(null, OnnxReader.Read(At("out.onnx")).Metadata.ToDictionary(), At("out.onnx"));
        Assert.Equal((0.5f, 0.25f), (found.Mean![0], found.Std![0]));
    }

    [Fact]
    public void Prune_LeavesAnUnrelatedNeighbourAlone()
    {
        var parent = Parent();
        File.WriteAllText(At("parent.json"), "[1]");
        Assert.Contains("parent.json", Assert.Single(Pruning.Prune(parent, Half, At("out.onnx"), null, "1").Notes));
        Assert.Null(OnnxReader.Read(At("out.onnx")).MetadataOf(Preprocessing.MetadataKey));
    }

    [Fact]
    public void Prune_KeepsWeightsInAFileOfTheirOwn_WhenTheParentDid()
    {
        OnnxWriter.Write(Models.Chain(Tensor.FromFloats([512, 1, 1], Models.Weights(512, 1))), At("parent.onnx"), new OnnxWriteOptions { ExternalDataFile = "parent.bin" });
        Pruning.Prune(At("parent.onnx"), Half, At("out.onnx"), null, "1");
        var weights = OnnxReader.Read(At("out.onnx")).Graph.Find("w0")!.Initializer!;
        Assert.Equal("out.onnx.data", Assert.IsType<TensorStorage>(weights.Storage).Location);
        Assert.Equal(256, Zeros.Of(weights));
    }

    private string Parent()
    {
        var model = Models.Chain(Tensor.FromFloats([4, 1, 1], [1, -2, 0.5f, 4]));
        OnnxWriter.Write(model, At("parent.onnx"));
        return At("parent.onnx");
    }

    private string At(string name) => Path.Combine(_folder, name);
}
