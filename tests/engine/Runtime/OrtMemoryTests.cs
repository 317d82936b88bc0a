using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

/// <summary>Measures the process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(OrtMemoryTests), DisableParallelization = true)]
[Collection(nameof(OrtMemoryTests))]
public class OrtMemoryTests
{
    [Fact]
    public void AThousandRuns_LeaveMemoryWhereItWas()
    {
        // 1 MB in and out each time: a leak of either would be 1 GB.
        using var session = Ort.Session(SmallModels.Identity(ElementType.Float));
        Growth(warmUp: 20, runs: 1000, limit: 100L << 20, () =>
        {
            using var x = OrtTensor.Allocate(ElementType.Float, [87_381, 3]);
            using var source = new CancellationTokenSource();
            foreach (var y in session.Run([("x", x)], ["y"], source.Token)) y.Dispose();
        });
    }

    [Fact]
    public void FailingRuns_LeaveMemoryWhereItWas()
    {
        using var session = Ort.Session(SmallModels.Reshape());
        using var x = OrtTensor.Allocate(ElementType.Float, [4]);
        using var shape = OrtTensor.Over<long>(new long[] { 3, 3 }, [2]);
        Growth(warmUp: 100, runs: 1000, limit: 50L << 20, () => Assert.Throws<AuditException>(() => session.Run([("x", x), ("shape", shape)], ["y"])));
    }

    [Fact]
    public void SessionsThatAreMadeAndDisposed_LeaveMemoryWhereItWas()
    {
        // The weights take 4 MB per session; 100 kept ones would be 400 MB.
        var model = OnnxWriter.ToBytes(SmallModels.LongChain(1024, 1), new OnnxWriteOptions { Externalised = new HashSet<string> { "w" } });
        var weights = KeyValuePair.Create("w", Tensor.FromFloats([1024, 1024], new float[1024 * 1024]));
        Growth(warmUp: 5, runs: 100, limit: 150L << 20, () =>
        {
            using var session = OrtSession.FromMemory(Ort.Library, model, "chain", new SessionSettings(), [weights]);
        });
    }

    private static void Growth(int warmUp, int runs, long limit, Action action)
    {
        for (var i = 0; i < warmUp; i++) action();
        GC.Collect();
        var before = ResidentBytes();
        for (var i = 0; i < runs; i++) action();
        Assert.InRange(ResidentBytes() - before, long.MinValue, limit);
    }

    private static long ResidentBytes()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
