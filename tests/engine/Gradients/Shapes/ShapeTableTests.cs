using System.Globalization;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Gradients.Shapes;

public class ShapeTableTests
{
    private static readonly Dictionary<string, ShapeCase> Cases =
        ShapeCases.All.Concat(ShapeCases.Movement).Select((c, i) => (c, i)).ToDictionary(c => string.Create(CultureInfo.InvariantCulture, $"{c.i}:{c.c.Op}"), c => c.c);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Propagation_AgreesWithARun(string name)
    {
        var made = Made(Cases[name]);
        Check(ShapeFacts.Of, free: null);
        Check(ShapeFacts.Of, free: "n");

        void Check(Func<Graph, ShapeFacts> propagate, string? free)
        {
            var graph = Cases[name].Model(free).Graph;
            var facts = propagate(graph);
            for (var i = 0; i < made.Length; i++)
            {
                var told = facts.TypeOf(graph.Outputs[i]);
                Assert.True(told?.Shape is not null, $"output {i} has no shape");
                Assert.Equal(made[i].Type, told.Element);
                Assert.Equal(made[i].Dims.Length, told.Shape.Count);
                for (var axis = 0; axis < told.Shape.Count; axis++)
                    Assert.True(Agrees(told.Shape[axis], made[i].Dims[axis], free, name), $"{free} output {i}: told {told}, made [{string.Join(',', made[i].Dims)}]");
            }
        }
    }

    [Fact]
    public void EveryOperatorWithARow_HasACase()
    {
        // Old names, and what ONNX Runtime's CPU provider has no float kernel for.
        string[] without = ["Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "BitwiseNot", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Or", "Xor",
            "ThresholdedRelu", "Shrink", "LpNormalization", "MeanVarianceNormalization", "Scatter", "ReverseSequence", "IsInf", "RandomUniformLike", "Bernoulli", "RandomNormal", "MatMulInteger",
            "QLinearMatMul", "ConvInteger", "QLinearConv", "GlobalLpPool", "MaxUnpool", "RMSNormalization", "Swish", "Compress"];
        Assert.Empty(ShapeTable.Operators.Except(Cases.Values.Select(c => c.Op)).Except(without));
    }

    // A fixed size must be the size made; the free symbol itself is the size that was fed. Names made from it are checked where contents fold.
    private static bool Agrees(Dim told, long made, string? free, string name) =>
        told.Size is { } size ? size == made
        : free is null ? Cases[name].Op == "NonZero"
        : told.Symbol != free || made == ((long[])Cases[name].Inputs[0]!)[0];

    private static (ElementType Type, long[] Dims)[] Made(ShapeCase shapeCase)
    {
        var model = shapeCase.Model();
        using var session = Ort.Session(model);
        var random = new Random(5);
        var tensors = new List<(string, OrtTensor)>();
        foreach (var input in model.Graph.Inputs)
        {
            long[] dims = [.. input.Type!.Shape!.Select(d => d.Size!.Value)];
            var values = new float[Tensor.CountOf(dims)];
            foreach (ref var v in values.AsSpan()) v = random.NextSingle() + 0.1f;
            tensors.Add((input.Name, OrtTensor.Over<float>(values, dims)));
        }

        var results = session.Run(tensors.ToArray(), [.. model.Graph.Outputs.Select(o => o.Name)]);
        try
        {
            return [.. results.Select(r => (r.Type, r.Dims.ToArray()))];
        }
        finally
        {
            foreach (var result in results) result.Dispose();
            foreach (var (_, tensor) in tensors) tensor.Dispose();
        }
    }
}
