using OnnxAudit.Bench.Audit;
using OnnxAudit.Bench.Corruptions;
using OnnxAudit.Bench.Data;
using OnnxAudit.Bench.FilterSaliencies;
using OnnxAudit.Bench.Geometry;
using OnnxAudit.Bench.GradientMasks;
using OnnxAudit.Bench.Gradients;
using OnnxAudit.Bench.Masking;
using OnnxAudit.Bench.Saliency;
using OnnxAudit.Bench.Shrink;
using OnnxAudit.Bench.Similarities;
using OnnxAudit.Bench.Train;

namespace OnnxAudit.Bench;

/// <summary>A bench: a folder of contenders whose results are compared before anything is timed.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Summary">What it measures against what.</param>
/// <param name="Run">Runs it with the arguments behind its name; returns an exit code.</param>
internal sealed record BenchTask(string Name, string Summary, Func<string[], int> Run);

/// <summary>The list of benches: <c>dotnet run -c Release --project tests/bench -- NAME …</c>.</summary>
internal static class Program
{
    private static readonly BenchTask[] Tasks =
    [
        new("data", "batches of a dataset, read and normalised on one thread", DataBench.Run),
        new("audit", "a whole audit against a bare ONNX Runtime loop: images/s and peak memory", AuditBench.Run),
        new("geometry", "every form of the geometry kernel side by side, one thread: samples/s and Gflop/s", GeometryBench.Run),
        new("filter-saliency", "every form of the filter saliency kernel on the layers of three networks: Gflop/s and share of the peak", FilterSaliencyBench.Run),
        new("gradients", "the data gradient of stride-1 convolutions in its two forms, one thread: ms", _ => DataGradientBench.Run()),
        new("masks", "global magnitude masks over 25 M weights against torch's global_unstructured", MasksBench.Run),
        new("saliency", "per-sample filter saliency against PyTorch's loop, functorch's vmap(grad) and ONNX Runtime's forward pass", SaliencyBench.Run),
        new("similarity", "a similarity map of models x suites from a stored bundle: seconds by stage (--models, --suites, --samples, --threads)", SimilarityBench.Run),
        new("corruptions", "every corruption on one thread beside the published Python generator: ms per image; or --sheet FILE.png", CorruptionsBench.Run),
        new("train", "steps of training against PyTorch's: images/s", TrainBench.Run),
        new("shrink", "structured removal on five full-size networks: multiply-adds, bytes and ms before and after", ShrinkBench.Run),
        new("gradient-masks", "accuracy under masks of gradients against random and magnitude; a slow study", GradientMasksBench.Run),
    ];

    private static int Main(string[] args)
    {
        if (args.Length > 0 && Tasks.FirstOrDefault(t => t.Name == args[0]) is { } task)
        {
            Machine.Print();
            return task.Run(args[1..]);
        }

        foreach (var known in Tasks) Console.WriteLine($"{known.Name,-16} {known.Summary}");
        return 2;
    }
}
