using System.Diagnostics;
using System.Globalization;
using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Onnx;
using OnnxAudit.Plans;
using OnnxAudit.Runtime;

namespace OnnxAudit.Bench.Audit;

/// <summary>
/// The peer: batches lie normalised in memory, sixteen at a time, while nothing else works; the session has the same options; timed is Run alone.
/// </summary>
internal static class BareLoop
{
    internal static int Run(AuditSettings settings)
    {
        var runtime = AuditSettings.Runtime();
        using var dataset = DataSpec.Open(settings.Data, new DataOptions());
        Run(settings, settings.FirstCell(), dataset, runtime);
        Console.WriteLine(Run(settings, settings.Plan(), dataset, runtime));
        return 0;
    }

    private static Outcome Run(AuditSettings settings, AuditPlan plan, ImageDataset dataset, OrtLibrary runtime)
    {
        double seconds = 0;
        long images = 0;
        var accuracies = new List<string>();
        foreach (var variant in plan.Variants)
        {
            var model = OnnxReader.Read(variant.Model);
            if (variant.Mask is { } mask) MaskApplication.Bake(model, Masks.Create(model, mask).Masks);
            using var session = OrtSession.FromMemory(runtime, OnnxWriter.ToBytes(model), variant.Model, new SessionSettings { Threads = settings.Threads });
            var correct = 0;
            foreach (var ready in BatchStream.Over(dataset, AuditSettings.PreprocessingOf(variant.Model), settings.Batch).Select(Keep).Chunk(16))
            {
                foreach (var (inputs, dims, first) in ready)
                {
                    using var input = OrtTensor.Over<float>(inputs, dims);
                    var start = Stopwatch.GetTimestamp();
                    using var logits = session.Run([(session.Inputs[0].Name, input)], [session.Outputs[0].Name])[0];
                    seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
                    correct += Correct(logits.Span<float>(), dataset.Labels.Span.Slice(first, (int)dims[0]));
                    images += dims[0];
                }
            }

            accuracies.Add(((double)correct / dataset.Count).ToString("0.0000", CultureInfo.InvariantCulture));
        }

        return new Outcome(images / seconds, seconds, Machine.PeakMiB(), string.Join(',', accuracies));
    }

    private static (float[] Inputs, long[] Dims, int First) Keep(Batch batch) => (batch.Inputs.ToArray(), batch.Dims.ToArray(), batch.First);

    private static int Correct(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels)
    {
        var classes = logits.Length / labels.Length;
        var correct = 0;
        for (var i = 0; i < labels.Length; i++)
            if (System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits.Slice(i * classes, classes)) == labels[i]) correct++;
        return correct;
    }
}
