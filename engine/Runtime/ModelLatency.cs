using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Runtime;

/// <summary>Milliseconds that one sample takes.</summary>
/// <param name="Median">Of all passes.</param>
/// <param name="Least">The fastest pass, least disturbed by what else the machine did.</param>
public readonly record struct ModelLatency(double Median, double Least)
{
    /// <summary>Measures models side by side, one sample at a time, as the files are.</summary>
    /// <param name="library">ONNX Runtime.</param>
    /// <param name="models">The models and their files; made-up inputs stand for samples.</param>
    /// <param name="settings">Threads, provider.</param>
    /// <param name="runs">Passes of each, at least 1.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellation">Ends the work between two passes.</param>
    /// <exception cref="AuditException">Invalid: a model that does not load or run, or whose input shape is not known.</exception>
    public static IReadOnlyList<ModelLatency> Of(
        OrtLibrary library, IReadOnlyList<(Model Model, string Path)> models, SessionSettings settings, int runs, TimeProvider clock, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        var held = new List<IDisposable>();
        try
        {
            var passes = new List<Action>();
            foreach (var (model, path) in models)
            {
                var session = OrtSession.FromFile(library, path, settings);
                held.Add(session);
                (string, OrtTensor)[] inputs = [.. ProbeInput.Of(model, ShapeFacts.Of(model.Graph), new Dictionary<string, long[]>()).Select(i => (i.Value.Name, i.Made(1)))];
                held.AddRange(inputs.Select(i => i.Item2));
                string[] outputs = [.. session.Outputs.Select(o => o.Name)];
                passes.Add(() =>
                {
                    foreach (var tensor in session.Run(inputs, outputs, cancellation)) tensor.Dispose();
                });
            }

            return [.. PassTimes.Of(passes, runs, clock, cancellation).Select(times => new ModelLatency(MedianOf(times), times.Min()))];
        }
        finally
        {
            foreach (var item in held) item.Dispose();
        }
    }

    private static double MedianOf(double[] times)
    {
        double[] sorted = [.. times.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
