using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using OnnxAudit.Bench.Audit;
using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Bench.GradientMasks;

/// <summary>
/// The accuracy a classifier keeps when its convolutions are masked once, without retraining: every mask method over several seeds, which decide the random
/// mask, the drawn training images and the probes. A study of minutes to hours, so that nothing runs it unasked.
/// </summary>
internal static class GradientMasksBench
{
    private const string Usage = "gradient-masks MODEL TRAIN-SPEC TEST-SPEC [--amount P] [--samples N] [--probes M] [--seeds K] [--methods A,B,…] [--threads N]";

    /// <summary>Runs the study; 0 when every method of gradients beats random by 30 points on average, else 1.</summary>
    internal static int Run(string[] args)
    {
        if (args.Length < 3) throw new ArgumentException(Usage);
        string Option(string name, string fallback) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : fallback;
        int Number(string name, int fallback) => int.Parse(Option(name, fallback.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var amount = double.Parse(Option("--amount", "0.5"), CultureInfo.InvariantCulture);
        var (samples, probes, seeds, threads) = (Number("--samples", 1024), Number("--probes", 32), Number("--seeds", 3), Number("--threads", Environment.ProcessorCount));
        var methods = Option("--methods", "random,magnitude,taylor,fisher,hessian").Split(',');
        var preprocessing = AuditSettings.PreprocessingOf(args[0]);
        using var train = DataSpec.Open(args[1], new DataOptions { Preprocessing = preprocessing });
        using var test = DataSpec.Open(args[2], new DataOptions { Preprocessing = preprocessing });
        var settings = new SessionSettings { Threads = threads };
        var source = new GradientSource(AuditSettings.Runtime(), train, preprocessing) { Settings = settings };
        Console.WriteLine(FormattableString.Invariant($"gradient masks: {Path.GetFileName(args[0])}, {amount:P0} of the convolution weights removed; {samples} of {train.Count} training images, {probes} probes"));
        Console.WriteLine(FormattableString.Invariant($"  {"dense",-10} {Accuracy(args[0], null, source.Runtime, test, preprocessing, settings):P2} of {test.Count} test images"));
        var means = new Dictionary<string, double>();
        foreach (var method in methods)
        {
            var accuracies = new List<double>();
            var clock = Stopwatch.StartNew();
            for (var seed = 1; seed <= (method == "magnitude" ? 1 : seeds); seed++)
            {
                var data = MaskMethods.NeedsData(method);
                var recipe = new MaskRecipe { Method = method, Amount = amount, Include = ["Conv"], Seed = (ulong)seed, Samples = data ? samples : null, Probes = method == "hessian" ? probes : null };
                var masks = Masks.Create(OnnxReader.Read(args[0]), recipe, threads, data ? source : null).Masks;
                accuracies.Add(Accuracy(args[0], masks, source.Runtime, test, preprocessing, settings));
            }

            means[method] = accuracies.Average();
            Console.WriteLine(FormattableString.Invariant($"  {method,-10} {means[method]:P2}  [{string.Join(", ", accuracies.Select(a => a.ToString("P2", CultureInfo.InvariantCulture)))}]  {clock.Elapsed.TotalSeconds / accuracies.Count:F0} s a seed"));
        }

        if (!means.TryGetValue("random", out var random)) return 0;
        var behind = means.Where(m => MaskMethods.NeedsData(m.Key) && m.Value < random + 0.3).Select(m => m.Key).ToArray();
        Console.WriteLine(behind.Length == 0 ? "  every method of gradients beats random by 30 points or more" : $"  less than 30 points above random: {string.Join(", ", behind)}");
        return behind.Length == 0 ? 0 : 1;
    }

    private static double Accuracy(string path, MaskSet? masks, OrtLibrary library, ImageDataset data, Preprocessing? preprocessing, SessionSettings settings)
    {
        var model = OnnxReader.Read(path);
        if (masks is not null) MaskApplication.Bake(model, masks);
        var (input, logits) = (model.Graph.Inputs.First(i => i.Initializer is null).Name, model.Graph.Outputs[0].Name);
        using var session = OrtSession.FromMemory(library, OnnxWriter.ToBytes(model), path, settings);
        using var batches = BatchStream.Over(data, preprocessing, 250);
        var right = 0;
        foreach (var batch in batches)
        {
            using var x = OrtTensor.Over(batch.Inputs, batch.Dims);
            using var scores = session.Run([(input, x)], [logits])[0];
            var rows = scores.Values<float>();
            var classes = (int)scores.Dims[1];
            for (var i = 0; i < batch.Count; i++)
                if (TensorPrimitives.IndexOfMax(rows.Slice(i * classes, classes)) == data.Labels.Span[batch.First + i]) right++;
        }

        return (double)right / data.Count;
    }
}
