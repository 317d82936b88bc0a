using OnnxAudit.Onnx;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Oracles.Architectures;

namespace OnnxAudit.Tests.Runtime;

/// <summary>Timing with a clock that only the passes move.</summary>
public class PassTimesTests
{
    [Fact]
    public void Passes_TakeTurns_AfterAWarmUp()
    {
        var clock = new SteppedClock();
        var order = new List<char>();
        var times = PassTimes.Of([() => Pass('a', 2), () => Pass('b', 5)], 2, clock, CancellationToken.None);
        Assert.Equal("abababab" + "ab", new string([.. order]));
        Assert.Equal([2.0, 2], times[0]);
        Assert.Equal([5.0, 5], times[1]);

        void Pass(char name, int milliseconds)
        {
            order.Add(name);
            clock.Milliseconds += milliseconds;
        }
    }

    [Fact]
    public void NoRuns_RunNothing() => Assert.Empty(PassTimes.Of([() => Assert.Fail("ran")], 0, new SteppedClock(), CancellationToken.None)[0]);

    [Fact]
    public void Models_AreTimedSideBySide()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path);
        var net = new NetBuilder("small", new NetSize(8));
        var model = net.Classify("fc", net.Input.Conv("a", 2, 3).GlobalPool().Flat(), 2);
        var path = Path.Combine(folder.Path, "m.onnx");
        OnnxWriter.Write(model, path);
        var clock = new SteppedClock { Step = 3 };
        Assert.All(ModelLatency.Of(RuntimeLibrary.Loaded, [(model, path), (model, path)], new SessionSettings(), 4, clock), l => Assert.Equal((3, 3), (l.Median, l.Least)));
    }

    private sealed class SteppedClock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public long Step { get; init; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds += Step;
    }
}
