using OnnxAudit.Kernels;
using OnnxAudit.Reports;
using OnnxAudit.Runs;

namespace OnnxAudit.Tests.Reports;

/// <summary>A made-up run of one model under two masks at five amounts, with ten classes, to draw reports from.</summary>
internal static class SampleReport
{
    public const string HostileClass = "<script>alert(1)</script> & \"o'brien\"";

    public static ReportSource Make(int suites = 1)
    {
        var variants = new List<ReportVariant> { new("resnet20", "resnet20", null, 0) };
        foreach (var method in new[] { "magnitude", "random" })
            foreach (var amount in new[] { 0.1, 0.3, 0.5, 0.7, 0.9 })
                variants.Add(new ReportVariant(FormattableString.Invariant($"resnet20-{method}-{amount:0.00}"), "resnet20", method + ", global", amount));
        var names = Enumerable.Range(0, suites).Select(i => i == 0 ? "cifar10-test" : $"corrupted-{i}").ToArray();
        var cells = variants.SelectMany(v => names.Select(s => Cell(v, s))).ToArray();
        return new ReportSource(
            [new("Runtime", "onnxruntime 1.30.0, CPUExecutionProvider"), new("Kernels", "geometry: avx2"), new("Batch, threads", "128, 2"), new("Seed", "1")],
            [("model", "resnet20", "models/resnet20_cifar10_dense.onnx, 1.10 MB", new string('a', 64)), ("dataset", "cifar10-test", "cifar10:data#test, 10000 samples", new string('b', 64))],
            variants, names, cells, "{ \"batch\": 128 }");
    }

    private static ReportCell Cell(ReportVariant variant, string suite)
    {
        var random = Philox.For(1, variant.Id + suite);
        const int n = 2000;
        var loss = variant.Amount * variant.Amount * (variant.Family?.StartsWith("random", StringComparison.Ordinal) == true ? 0.75 : 0.3);
        var accuracy = 0.8431 - loss;
        float U(int i, int d) => Philox.ToUnit(random.Words((ulong)i, (ulong)d).A);
        var correct = Enumerable.Range(0, n).Select(i => (byte)(U(i, 0) < accuracy ? 1 : 0)).ToArray();
        var angle = Enumerable.Range(0, n).Select(i => 35 + 20 * (U(i, 1) + U(i, 2)) + (correct[i] == 0 ? 20 : 0)).ToArray();
        var length = Enumerable.Range(0, n).Select(i => 6 + 3 * (U(i, 3) + U(i, 4)) - (correct[i] == 0 ? 1.5f : 0)).ToArray();
        var margin = Enumerable.Range(0, n).Select(i => (correct[i] == 0 ? -1 : 1) * 3 * U(i, 5) * U(i, 6)).ToArray();
        var probability = Enumerable.Range(0, n).Select(i => correct[i] == 0 ? 0.4f * U(i, 7) : 1 - 0.5f * U(i, 7) * U(i, 8)).ToArray();
        string[] classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", HostileClass];
        IReadOnlyList<KeyValuePair<string, double>> Metrics(double a) => [new("accuracy", a), new("accuracy.low", a - 0.0071), new("accuracy.high", a + 0.0069), new("nll", 0.49 + loss), new("ece", 0.031)];
        var slices = new List<MetricSlice>
        {
            new("all", "", n,
            [
                .. Metrics(accuracy), new("margin.mean", 1.2 - loss), new("sparsity", variant.Amount), new("size.file_bytes", 1_102_334), new("size.sparse_bytes", 1_102_334 * (1 - variant.Amount) + 30_000),
                new("user.energy_mj", 12.4 - variant.Amount * 3),
            ]),
        };
        slices.AddRange(classes.Select((name, c) => new MetricSlice("class", name, n / 10, Metrics(accuracy + 0.02 * (c - 4.5) / 4.5 - (c == 3 ? loss * 0.6 : 0)))));
        slices.Add(new MetricSlice("group", "night", 120, Metrics(accuracy - 0.05 - loss * 0.4)));
        return new ReportCell(new Cell($"{variant.Id}--{suite}--cpu", variant.Id, suite, "cpu"), new CellResult(n, slices, variant.Amount > 0.8 ? ["3 samples have no feature at all; their angle is 90 by convention"] : []),
            new CellTiming([new("latency.batch1.p50_ms", 0.61), new("latency.batch1.p95_ms", 0.74), new("throughput.batch", 2060)], []),
            () => new SampleColumns(correct, [new("angle", angle), new("length", length), new("margin", margin), new("probability", probability)]));
    }
}
