using OnnxAudit.Gradients;
using OnnxAudit.Graphs;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Graphs.NodeAttribute;
using static OnnxAudit.Tests.Oracles.Float64Tensor;

namespace OnnxAudit.Tests.Gradients.Rules;

/// <summary>What the examples of data movement cannot show: axes of free size, smooth functions around a movement, and what is refused.</summary>
public class MovementTests
{
    private static readonly (string Name, Float64Tensor Value)[] Three = [("a", Random(1, 2, 3, 4)), ("b", Random(2, 2, 1, 4)), ("c", Random(3, 2, 5, 4))];

    [Fact]
    public void Concat_AlongFreeAxes_TakesTheSizesWhenItRuns() => Holds([1], "Concat", Three, Of("axis", 1L));

    [Fact]
    public void Tile_OfTwoFreeAxes_TakesTheSizesWhenItRuns() => Holds([0, 1], "Tile", [("x", Random(1, 2, 3, 2)), ("repeats", Ints([2, 3, 1]))]);

    [Fact]
    public void Reshape_OfTwoFreeAxes_TakesTheSizesWhenItRuns() => Holds([0, 2], "Reshape", [("x", Random(1, 2, 3, 4)), ("shape", Ints([0, -1]))]);

    [Fact]
    public void Slice_OfAFreeAxis_FindsItsPlacesWhenItRuns()
    {
        Holds([0], "Slice", [("x", Random(1, 5, 4)), ("starts", Ints([1])), ("ends", Ints([-1])), ("axes", Ints([0])), ("steps", Ints([2]))]);
        Holds([0], "Slice", [("x", Random(1, 5, 4)), ("starts", Ints([-1, 1])), ("ends", Ints([-9, 3])), ("axes", Ints([0, 1])), ("steps", Ints([-1, 1]))]);
    }

    [Theory]
    [InlineData("constant")]
    [InlineData("reflect")]
    [InlineData("edge")]
    public void Pad_OfAFreeAxis_FindsItsPlacesWhenItRuns(string mode) =>
        Holds([0, 2], "Pad", [("x", Random(1, 2, 3, 4)), ("pads", Ints([1, 2, 0, 1])), OpModel.Omitted, ("axes", Ints([-1, 1]))], Of("mode", mode));

    [Fact]
    public void Gather_BetweenFreeAxes_KeepsThem()
    {
        Holds([0, 2], "Gather", [("x", Random(1, 2, 4, 3)), ("indices", Ints([3, 1]))], Of("axis", 1L));
        Holds([0, 2], "Gather", [("x", Random(1, 2, 4, 3)), ("indices", Ints([3, 1, 0, 2], 2, 2))], Of("axis", 1L));
    }

    [Fact]
    public void Gather_AlongAFreeAxis_AddsWhereItRead() => Holds([1], "Gather", [("x", Random(1, 2, 4, 3)), ("indices", Ints([3, -1, 0]))], Of("axis", 1L));

    [Fact]
    public void ScatterND_OfFreeRows_KeepsThem() =>
        Holds([1], "ScatterND", [("x", Random(1, 3, 4)), ("indices", Ints([2, 0], 2, 1)), ("updates", Random(2, 2, 4))], Of("reduction", "none"));

    /// <summary>y = tanh(m(x))·tanh(m(x)) with a movement m: its rule and those of the operators it emits are differentiated again.</summary>
    [Theory]
    [InlineData("Transpose: whole circle")]
    [InlineData("Tile: both axes")]
    [InlineData("DepthToSpace: CRD, 2")]
    [InlineData("CumSum: exclusive 0, reverse 1")]
    [InlineData("Trilu: upper 0, from 1")]
    [InlineData("Concat: middle axis")]
    [InlineData("Split: given sizes")]
    [InlineData("Slice: every second backwards")]
    [InlineData("Pad: given constant 0 1 0 2")]
    [InlineData("Pad: reflect 0 2 0 0 0 1 0 0")]
    [InlineData("Gather: all rows in another order")]
    [InlineData("Gather: a matrix of places, some twice")]
    [InlineData("GatherElements: columns")]
    [InlineData("GatherND: one batch axis")]
    [InlineData("ScatterElements: rows, none")]
    [InlineData("ScatterND: elements, add")]
    [InlineData("Resize: by default")]
    [InlineData("Resize: sizes of two axes")]
    public void SecondDerivatives_PassThroughAMovement(string example)
    {
        var (model, feeds) = GradientExamples.All.Single(e => e.Name == example).Model();
        var graph = model.Graph;
        foreach (var moved in graph.Outputs.ToArray())
        {
            var (bent, squared) = (graph.NewValue("bent"), graph.NewValue("squared"));
            (bent.Type, squared.Type) = (moved.Type, moved.Type);
            graph.AddNode("Tanh", [moved], [bent]);
            graph.AddNode("Mul", [bent, bent], [squared]);
            graph.RemoveOutput(moved);
            graph.AddOutput(squared);
        }

        GradientCheck.SecondHolds(model, feeds, tolerance: 1e-6);
    }

    [Theory]
    [InlineData("ScatterElements")]
    [InlineData("ScatterND")]
    public void Scatter_ByAnotherReduction_IsRefused(string op) => Assert.Equal($"no gradient rule for {op} with reduction 'mul'",
        GradientTable.WhyNot(OpModel.Of(op, [("x", Random(1, 3)), ("indices", op == "ScatterND" ? Ints([1], 1, 1) : Ints([1])), ("updates", Random(2, 1))], [Of("reduction", "mul")]).Graph.Nodes[0]));

    [Theory]
    [InlineData("mode", "cubic", "no gradient rule for Resize in mode 'cubic'")]
    [InlineData("coordinate_transformation_mode", "elsewhere", "no gradient rule for Resize with coordinates 'elsewhere'")]
    public void Resize_InAnotherForm_IsRefused(string attribute, string value, string why)
    {
        var node = OpModel.Of("Resize", [("x", Random(1, 1, 1, 2, 2)), OpModel.Omitted, ("scales", From([1, 1, 2, 2]))], [], with: ["x"]).Graph.Nodes[0];
        Assert.Null(GradientTable.WhyNot(node));
        Assert.Equal(why, GradientTable.WhyNot(node.Set(Of(attribute, value))));
    }

    [Fact]
    public void Resize_OfAFreeSize_IsAnErrorThatNamesIt()
    {
        var error = Assert.Throws<AuditException>(() => Holds([2], "Resize", [("x", Random(1, 1, 1, 2, 2)), OpModel.Omitted, ("scales", From([1, 1, 2, 2]))]));
        Assert.Contains("value 'x': found an unknown size along axis 2", error.Message);
    }

    /// <summary>First derivatives where these axes of every float input are symbols, the first of them shared.</summary>
    private static void Holds(int[] free, string op, (string Name, Float64Tensor Value)[] inputs, params NodeAttribute[] attributes)
    {
        string[] with = [.. inputs.Where(i => i.Value.IsFloat && i.Name is not ("" or "scales")).Select(i => i.Name)];
        var model = OpModel.Of(op, inputs, attributes, with: with);
        foreach (var input in model.Graph.Inputs)
            input.Type = input.Type! with { Shape = [.. input.Type.Shape!.Select((d, i) => !free.Contains(i) ? d : new Dim(null, i == 0 ? "batch" : $"{input.Name}{i}"))] };
        var output = model.Graph.Outputs[0];
        output.Type = output.Type! with { Shape = [.. output.Type.Shape!.Select(_ => new Dim(null, null))] };
        GradientCheck.Holds(model, OpModel.Feeds(model, inputs));
    }
}
