using System.Runtime.InteropServices;
using OnnxAudit.Data;

namespace OnnxAudit.Tests.Data;

public sealed class BatchStreamTests
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    [SkippableTheory]
    [InlineData("cifar10", "resnet20_cifar10_dense")]
    [InlineData("fmnist", "lenet5_fmnist")]
    public void Inputs_AreBitEqual_ToTorchvisionsToTensorAndNormalize(string name, string model)
    {
        var spec = name == "cifar10" ? $"cifar10:{SharedData.Require("cifar10")}"
            : $"idx:{SharedData.Require("fashion_mnist/t10k-images-idx3-ubyte.gz")},{SharedData.Require("fashion_mnist/t10k-labels-idx1-ubyte.gz")}";
        var preprocessing = Preprocessing.Resolve(null, NoMetadata, SharedData.Require($"models/{model}.onnx"));
        using var dataset = DataSpec.Open(spec, new DataOptions());
        var indices = NpyFile.Read(SharedData.Require($"inputs/{name}_indices200.npy")).Span<long>();
        var expected = NpyFile.Read(SharedData.Require($"inputs/{name}_inputs200.npy")).Span<float>();
        var labels = NpyFile.Read(SharedData.Require($"inputs/{name}_labels200.npy")).Span<long>();
        Assert.Equal(10_000, dataset.Count);
        var wanted = new Dictionary<int, int>();
        for (var i = 0; i < indices.Length; i++) wanted.Add((int)indices[i], i);
        var size = dataset.Shape.Count;
        var found = 0;
        using var stream = BatchStream.Over(dataset, preprocessing, 64);
        foreach (var batch in stream)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                if (!wanted.TryGetValue(batch.First + i, out var row)) continue;
                found++;
                Assert.Equal(labels[row], dataset.Labels.Span[batch.First + i]);
                Assert.True(expected.Slice(row * size, size).SequenceEqual(batch.Inputs.Span.Slice(i * size, size)), $"sample {batch.First + i} differs");
            }
        }

        Assert.Equal(200, found);
    }

    [Fact]
    public void Batches_DoNotDependOn_ThreadsBatchSizeOrAhead()
    {
        using var dataset = DataSpec.Open("synthetic:shapes?n=53", new DataOptions());
        var expected = All(dataset, 53, 1, 1);
        foreach (var (batch, ahead, threads) in new[] { (1, 1, 1), (7, 2, 3), (16, 5, 2), (100, 1, 4) })
            Assert.Equal(expected, All(dataset, batch, ahead, threads));
    }

    [Fact]
    public void Transform_SeesSourceIndices_BeforeNormalisation()
    {
        using var dataset = DataSpec.Open("synthetic:shapes#test[5:9]", new DataOptions());
        var seen = new List<long>();
        using var stream = BatchStream.Over(dataset, Plain(), 3, transform: (sample, pixels) =>
        {
            seen.Add(sample);
            pixels.Fill((byte)sample);
        });
        var values = new List<float>();
        foreach (var batch in stream) values.AddRange(batch.Inputs.ToArray());
        Assert.Equal([5, 6, 7, 8], seen);
        Assert.All(values.Select((v, i) => (v, i)), p => Assert.Equal((5 + p.i / 3072) / 255f, p.v));
    }

    [Fact]
    public void Layout_AndChannelOrder_AreObeyed()
    {
        using var dataset = DataSpec.Open("synthetic:shapes?n=1", new DataOptions());
        var pixels = new byte[3072];
        dataset.ReadPixels(0, pixels);
        var last = All(dataset, 1, 1, 1, Plain() with { Layout = "NHWC" });
        Assert.Equal(pixels.Select(p => p / 255f), last);
        var bgr = All(dataset, 1, 1, 1, Plain() with { Channels = ChannelOrder.Bgr });
        Assert.Equal(pixels.Where((_, i) => i % 3 == 2).Select(p => p / 255f), bgr.Take(1024));
        using var stream = BatchStream.Over(dataset, Plain() with { Layout = "NHWC" }, 8);
        using var running = stream.GetEnumerator();
        Assert.True(running.MoveNext());
        Assert.Equal([1, 32, 32, 3], running.Current.Dims.ToArray());
    }

    [Fact]
    public void Memory_StaysBounded_WhenTheConsumerIsSlow()
    {
        using var dataset = new CountingDataset(1000, failAt: -1);
        using var stream = BatchStream.Over(dataset, Plain(), 10, ahead: 2);
        using var running = stream.GetEnumerator();
        Assert.True(running.MoveNext());
        SpinWait.SpinUntil(() => dataset.Reads >= 30, 5000);
        Thread.Sleep(50);
        Assert.Equal(30, dataset.Reads);
        var buffers = new HashSet<float[]>();
        do
        {
            Assert.True(MemoryMarshal.TryGetArray<float>(running.Current.Inputs, out var segment));
            buffers.Add(segment.Array!);
        }
        while (running.MoveNext());
        Assert.True(buffers.Count <= 3);
        Assert.Equal(1000, dataset.Reads);
    }

    [Fact]
    public void CheapBatches_AreMadeInTurn_OnTheUsersThread()
    {
        var clock = new HandClock();
        using var dataset = new CountingDataset(50, failAt: -1);
        using var stream = BatchStream.Over(dataset, Plain(), 10, transform: (_, _) => clock.Pass(1), clock: clock);
        foreach (var batch in stream)
        {
            Assert.Equal(batch.First + batch.Count, dataset.Reads);
            clock.Pass(200); // making a batch takes 10: a twentieth, and no more
        }

        Assert.Equal([Environment.CurrentManagedThreadId], dataset.Readers);
    }

    [Fact]
    public void CostlyBatches_AreMadeAhead_ByAThreadOfTheirOwn()
    {
        var clock = new HandClock();
        using var dataset = new CountingDataset(50, failAt: -1);
        using var stream = BatchStream.Over(dataset, Plain(), 10, transform: (_, _) => clock.Pass(1), clock: clock);
        foreach (var _ in stream) clock.Pass(199);
        Assert.Equal(2, dataset.Readers.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ProducersError_SurfacesAtTheConsumer_AfterTheBatchesBeforeIt(int threads)
    {
        using var dataset = new CountingDataset(100, failAt: 25);
        using var stream = BatchStream.Over(dataset, Plain(), 10, threads: threads);
        using var running = stream.GetEnumerator();
        Assert.True(running.MoveNext());
        Assert.True(running.MoveNext());
        var error = Assert.Throws<AuditException>(() => running.MoveNext());
        Assert.Contains("record 25", error.Message);
    }

    [Fact]
    public void Cancellation_EndsTheEnumeration_AndDisposalStopsTheProducer()
    {
        using var cancel = new CancellationTokenSource();
        using var dataset = new CountingDataset(100_000, failAt: -1);
        using var stream = BatchStream.Over(dataset, Plain(), 10, cancel: cancel.Token);
        using (var running = stream.GetEnumerator())
        {
            Assert.True(running.MoveNext());
            Assert.Throws<InvalidOperationException>(stream.GetEnumerator);
            cancel.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() =>
            {
                while (running.MoveNext())
                {
                }
            });
        }

        var reads = dataset.Reads;
        Thread.Sleep(20);
        Assert.Equal(reads, dataset.Reads);
    }

    [Fact]
    public void Stream_CanBeEnumeratedAgain()
    {
        using var dataset = DataSpec.Open("synthetic:shapes?n=10", new DataOptions());
        using var stream = BatchStream.Over(dataset, Plain(), 4);
        Assert.Equal([4, 4, 2], stream.Select(b => b.Count));
        Assert.Equal([4, 4, 2], stream.Select(b => b.Count));
        Assert.Equal(3, stream.Batches);
    }

    [Fact]
    public void HugeBatch_IsTheWholeDataset()
    {
        using var dataset = DataSpec.Open("synthetic:shapes?n=10", new DataOptions());
        using var stream = BatchStream.Over(dataset, Plain(), int.MaxValue);
        Assert.Equal(1, stream.Batches);
        Assert.Equal([10], stream.Select(b => b.Count));
    }

    [Fact]
    public void BatchTooLargeForAnArray_IsUsage_NamingTheLargestThatFits()
    {
        using var dataset = new CountingDataset(3000, failAt: -1, side: 1024);
        var error = Assert.Throws<AuditException>(() => BatchStream.Over(dataset, Plain(), 2048));
        Assert.Equal((AuditCode.Usage, "a batch of 2048", "at most 2047 samples of 1048576 values"), (error.Code, error.Found, error.Expected));
    }

    private static Preprocessing Plain() => new() { Source = "test" };

    private static List<float> All(ImageDataset dataset, int batch, int ahead, int threads, Preprocessing? preprocessing = null)
    {
        var values = new List<float>();
        using var stream = BatchStream.Over(dataset, preprocessing ?? Plain(), batch, ahead, threads: threads);
        foreach (var b in stream) values.AddRange(b.Inputs.Span);
        return values;
    }

    private sealed class HandClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public void Pass(long time) => Interlocked.Add(ref _now, time);
    }

    private sealed class CountingDataset(int count, int failAt, int side = 2) : ImageDataset
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<int, bool> _readers = [];
        private int _reads;

        public IReadOnlyCollection<int> Readers => [.. _readers.Keys];

        public int Reads => Volatile.Read(ref _reads);

        public override string Spec => "counting";

        public override string Id => "counting";

        public override ImageShape Shape => new(1, side, side);

        public override SampleEncoding Encoding => SampleEncoding.Pixels;

        public override ReadOnlyMemory<int> Labels { get; } = new int[count];

        public override ReadOnlyMemory<long> SourceIndices { get; } = new long[count];

        public override IReadOnlyList<string> Classes => ["only"];

        public override string Digest => "";

        public override void ReadPixels(int index, Span<byte> pixels)
        {
            if (failAt >= 0 && index >= failAt)
                throw new AuditException(AuditCode.Invalid, $"counting, record {index}", "a gap", "a record", "None.");
            _readers.TryAdd(Environment.CurrentManagedThreadId, true);
            Interlocked.Increment(ref _reads);
        }
    }
}
