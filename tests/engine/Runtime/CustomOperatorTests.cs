using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

public class CustomOperatorTests
{
    private const string Domain = "onnxaudit.tests";

    [Fact]
    public void AnOperator_ReadsItsInputsAndAttributes_AndMakesItsOutputs()
    {
        using var session = Session(both: true, rows: true, new Weighted());
        using var x = OrtTensor.Over<float>(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        var results = session.Run([("x", x)], ["y", "rows"]);
        Assert.Equal([8, 16, 24, 32, 40, 48], results[0].Values<float>().ToArray());
        Assert.Equal([2], results[1].Dims.ToArray());
        Assert.Equal([48, 120], results[1].Values<float>().ToArray());
        foreach (var result in results) result.Dispose();
    }

    [Fact]
    public void WhatANodeLeavesOut_IsNotThere()
    {
        using var session = Session(both: false, rows: false, new Weighted());
        using var x = OrtTensor.Over<float>(new float[] { 1, 2, 3 }, [1, 3]);
        Assert.Equal([7, 14, 21], Ort.Floats(session, "y", ("x", x)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Parallel_RunsEveryPieceOnce(int threads)
    {
        using var session = Session(both: false, rows: true, new Weighted(), threads);
        using var x = OrtTensor.Over<float>(Enumerable.Repeat(1f, 3000).ToArray(), [1000, 3]);
        Assert.All(Ort.Floats(session, "rows", ("x", x)), sum => Assert.Equal(21, sum));
    }

    // An exception that crossed the runtime's native frames would end the process.
    [Theory]
    [InlineData(Weighted.At.Kernel)]
    [InlineData(Weighted.At.Parallel)]
    public void WhatARunThrows_ComesOutOfTheRun_AndTheSessionGoesOn(Weighted.At where)
    {
        var op = new Weighted { Fails = where };
        using var session = Session(both: false, rows: true, op);
        using var x = OrtTensor.Over<float>(new float[] { 1, 2, 3 }, [1, 3]);
        Assert.Equal($"{where}", Assert.Throws<NotSupportedException>(() => Ort.Floats(session, "rows", ("x", x))).Message);
        op.Fails = Weighted.At.Nowhere;
        Assert.Equal([42], Ort.Floats(session, "rows", ("x", x)));
    }

    [Fact]
    public void WhatCreationThrows_ComesOutOfMakingTheSession()
    {
        Assert.Throws<NotSupportedException>(() => Session(both: false, rows: true, new Weighted { Fails = Weighted.At.Creation }));
    }

    [Fact]
    public void AMissingAttribute_IsNamed()
    {
        var error = Assert.Throws<AuditException>(() => Session(both: false, rows: true, new Weighted { Attribute = "height" }));
        Assert.Equal("attribute 'height' of a custom operator", error.Where);
    }

    private static OrtSession Session(bool both, bool rows, Weighted op, int threads = 1)
    {
        var graph = new Graph("custom");
        var x = SmallModels.Input(graph, "x", ElementType.Float, new Dim(null, "n"), 3);
        var y = SmallModels.Output(graph, "y", ElementType.Float, new Dim(null, "n"), 3);
        var sums = rows ? SmallModels.Output(graph, "rows", ElementType.Float, new Dim(null, "n")) : null;
        graph.AddNode(op.Name, both ? [x, x] : [x], rows ? [y, sums] : [y], "weighted", Domain).Set(NodeAttribute.Of("weight", 7L));
        var model = SmallModels.Wrap(graph, "custom.onnx");
        model.Opsets.Add(new(Domain, 1));
        return OrtSession.FromMemory(Ort.Library, OnnxWriter.ToBytes(model), model.Source, new SessionSettings { Threads = threads }, operators: new CustomOperators(Domain, [op]));
    }

    /// <summary>y = weight·a + b for a, b [n, 3], b left out being 0; rows = y summed over its rows.</summary>
    public sealed class Weighted() : CustomOperator("Weighted", [false, true], [false, true])
    {
        public enum At
        {
            Nowhere,
            Creation,
            Kernel,
            Parallel,
        }

        public At Fails { get; set; }

        public string Attribute { get; init; } = "weight";

        public override CustomKernel Create(CustomNode node)
        {
            if (Fails == At.Creation) throw new NotSupportedException();
            return new Kernel(this, node.Int(Attribute));
        }

        private sealed class Kernel(Weighted op, long weight) : CustomKernel
        {
            public override void Run(CustomCall call)
            {
                if (op.Fails == At.Kernel) throw new NotSupportedException($"{At.Kernel}");
                var a = call.Input(0, out var dims);
                var b = call.Input(1, out var other);
                Assert.Equal(b.IsEmpty, other is null);
                var y = call.Output(0, dims);
                for (var i = 0; i < a.Length; i++) y[i] = weight * a[i] + (b.IsEmpty ? 0 : b[i]);
                var rows = call.Output(1, dims.AsSpan(0, 1));
                if (rows.IsEmpty) return;
                var sums = new float[rows.Length];
                var values = y.ToArray();
                call.Parallel(rows.Length, n =>
                {
                    if (op.Fails == At.Parallel) throw new NotSupportedException($"{At.Parallel}");
                    for (var i = 0; i < 3; i++) sums[n] += values[3 * n + i];
                });
                sums.CopyTo(rows);
            }
        }
    }
}
