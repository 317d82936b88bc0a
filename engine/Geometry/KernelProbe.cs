using OnnxAudit.Kernels;

namespace OnnxAudit.Geometry;

/// <summary>How a form of the geometry kernel does here.</summary>
/// <param name="Form">The form.</param>
/// <param name="AngleDifference">Largest |difference| of an angle from the reference form's, degrees; NaN when it cannot run.</param>
/// <param name="MarginDifference">Largest difference of a margin from the reference form's, relative to 1 + |margin|; NaN when it cannot run.</param>
/// <param name="SamplesPerSecond">Best of several passes on one thread; NaN when it cannot run.</param>
public sealed record KernelReading(KernelForm Form, double AngleDifference, double MarginDifference, double SamplesPerSecond);

/// <summary>Runs every form of the geometry kernel on the same made-up batch: do all forms agree, and how fast is each here?</summary>
public static class KernelProbe
{
    /// <summary>Samples, features and classes of the batch.</summary>
    public const int Samples = 2048, Features = 256, Classes = 10;

    private const int Passes = 5;

    /// <summary>The form the others are held against: scalar where the kernel library is, else managed.</summary>
    public static string Reference => GeometryForm.All.Any(f => f is { Name: "scalar", Supported: true }) ? "scalar" : "managed";

    /// <summary>A reading a form, in the order of dispatch.</summary>
    public static IReadOnlyList<KernelReading> Run(TimeProvider clock)
    {
        var batch = Philox.For(1, "kernel probe");
        var features = Numbers(batch, 0, Samples * Features);
        var logits = Numbers(batch, 1, Samples * Classes);
        var directions = new ClassDirections(Classes, Features, Numbers(batch, 2, Classes * Features), default);
        var labels = Enumerable.Range(0, Samples).Select(i => i % Classes).ToArray();
        var (reference, _) = Measure(Reference);
        return [.. GeometryForm.All.Select(form =>
        {
            if (!form.Supported) return new KernelReading(form, double.NaN, double.NaN, double.NaN);
            var (rows, speed) = Measure(form.Name);
            double angle = 0, margin = 0;
            for (var i = 0; i < rows.Angles.Length; i++) angle = Math.Max(angle, Math.Abs((double)rows.Angles[i] - reference.Angles[i]));
            for (var i = 0; i < rows.Margin.Length; i++)
                margin = Math.Max(margin, Math.Abs((double)rows.Margin[i] - reference.Margin[i]) / (1 + Math.Abs((double)reference.Margin[i])));
            return new KernelReading(form, angle, margin, speed);
        })];

        (GeometryRows Rows, double SamplesPerSecond) Measure(string name)
        {
            var meter = new GeometryMeter(directions, new GeometryOptions(), KernelSet.Choose(name), threads: 1);
            var rows = new GeometryRows();
            var best = double.PositiveInfinity;
            for (var pass = 0; pass < Passes; pass++)
            {
                var start = clock.GetTimestamp();
                meter.Measure(features, logits, labels, rows);
                best = Math.Min(best, clock.GetElapsedTime(start).TotalSeconds);
            }

            return (rows, Samples / best);
        }
    }

    private static float[] Numbers(Philox source, ulong part, int count) => [.. Enumerable.Range(0, count).Select(i => Philox.ToUnit(source.Words(part, (ulong)i).A) - 0.25f)];
}
