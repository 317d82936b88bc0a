using OnnxAudit.Compression;

namespace OnnxAudit.Tests.Compression;

public class ModelVariantTests
{
    private static readonly MaskRecipe Half = new() { Method = "magnitude", Amount = .5 };

    [Fact]
    public void Masked_SharesTheGraph_AndSaysWhereItComesFrom()
    {
        var dense = new ModelVariant("m", Models.Chain([1f, 2f, 3f, 4f]), "/some/folder/m.onnx", "ab12");
        var masked = dense.Masked("m-50", Masks.Create(dense.Model, Half).Masks, Half, "0.1.0");
        Assert.Same(dense.Model, masked.Model);
        Assert.Equal((0.0, 0.5), (dense.Sparsity.Prunable.Sparsity, masked.Sparsity.Prunable.Sparsity));
        Assert.Null(dense.Recipe);
        Assert.Equal(("prune", new RecipeParent("base", "ab12", "m.onnx")), (masked.Recipe!.Operation, Assert.Single(masked.Recipe.Parents)));
        Assert.Throws<InvalidOperationException>(() => masked.Masked("x", new MaskSet([]), Half, "0.1.0"));
    }

    [Fact]
    public void Recipe_IsTheFilesOwn_WhenNothingIsOverridden()
    {
        var model = Models.Chain([1f]);
        new Recipe("train", [], [], "0.1.0").WriteTo(model);
        Assert.Equal("train", new ModelVariant("m", model, "m.onnx", "ab12").Recipe!.Operation);
    }

    [Fact]
    public void SparseBytes_CountValuesAndBits_UnlessDenseIsSmaller()
    {
        var model = Models.Chain([1f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 2f], [1f, 2f]);
        // w0: 9·4 = 36 bytes dense, 2·4 + 2 = 10 sparse; w1: 8 dense, 9 sparse.
        Assert.Equal(1000 - 26, Sizes.SparseBytes(1000, model, SparsityReport.Of(model)));
    }
}
