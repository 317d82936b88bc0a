using OnnxAudit.Compression;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Compression;

public class MaskApplicationTests
{
    private static readonly MaskSet Half = new([MaskTests.Of([true, false], "w0"), MaskTests.Of([false, true], "w1")]);

    [Fact]
    public void Overrides_LeaveTheModelAlone()
    {
        var model = Models.Chain([1f, 2f], [3f, 4f]);
        var overrides = MaskApplication.Overrides(model, Half);
        Assert.Equal(["w0", "w1"], overrides.Select(o => o.Key));
        Assert.Equal([0f, 4f], overrides[1].Value.Span<float>().ToArray());
        Assert.Equal([3f, 4f], model.Graph.Find("w1")!.Initializer!.Span<float>().ToArray());
    }

    [Fact]
    public void Bake_WritesTheOverrides_IntoTheModel()
    {
        var model = Models.Chain([1f, 2f], [3f, 4f]);
        Assert.Same(model, MaskApplication.Bake(model, Half));
        Assert.Equal([1f, 0f], model.Graph.Find("w0")!.Initializer!.Span<float>().ToArray());
        Assert.Null(GraphRules.FirstBroken(model.Graph));
    }

    [Fact]
    public void AddLive_PutsAnOverridableMaskBeforeEveryUse()
    {
        var model = Models.Chain([1f, 2f], [3f, 4f]);
        var again = model.Graph.AddNode("Conv", [model.Graph.Value("y1"), model.Graph.Find("w0")], [model.Graph.Value("z")], "again");
        var live = MaskApplication.AddLive(model, Half);
        Assert.Null(GraphRules.FirstBroken(model.Graph));
        Assert.Equal([("w0", "w0.mask"), ("w1", "w1.mask")], live.Select(l => (l.Tensor, l.Input)));
        var mask = model.Graph.Find("w0.mask")!;
        Assert.True(mask.IsInput);
        Assert.Equal([1f, 0f], mask.Initializer!.Span<float>().ToArray());
        Assert.Equal("Float[2]", mask.Type!.ToString());
        Assert.Equal("w0.masked", again.Input(1)!.Name);
        Assert.Equal(["Mul", "Mul", "Conv", "Conv", "Conv"], model.Graph.Nodes.Select(n => n.OpType));
        Assert.Equal("Mul", Assert.Single(model.Graph.Find("w0")!.Uses).Node.OpType);
        Assert.Equal([0f, 1f], live[0].ValueOf(MaskTests.Of([false, true])).Span<float>().ToArray());
    }

    [Fact]
    public void AddLive_RaisesAnOldModel_WhoseWeightsWereInputs()
    {
        var model = Models.Chain([1f, 2f], [3f, 4f]);
        model.IrVersion = 3;
        foreach (var w in model.Graph.Initializers) model.Graph.AddInput(w);
        MaskApplication.AddLive(model, Half);
        Assert.Equal(4, model.IrVersion);
        Assert.Equal(["x", "w0.mask", "w1.mask"], model.Graph.Inputs.Select(i => i.Name));
    }

    [Theory]
    [InlineData("w9", 2)]
    [InlineData("w0", 3)]
    [InlineData("x", 2)]
    public void EveryWay_Refuses_MasksOfAnotherModel(string tensor, int count)
    {
        var masks = new MaskSet([MaskTests.Of(new bool[count], tensor)]);
        foreach (var apply in new Action<Model>[] { m => MaskApplication.Overrides(m, masks), m => MaskApplication.Bake(m, masks), m => MaskApplication.AddLive(m, masks) })
        {
            var e = Assert.Throws<AuditException>(() => apply(Models.Chain([1f, 2f])));
            Assert.Equal((AuditCode.Invalid, $"chain, mask of '{tensor}'"), (e.Code, e.Where));
        }
    }
}
