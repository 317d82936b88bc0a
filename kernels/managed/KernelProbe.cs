using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>How a form of a kernel does here.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Form">The form.</param>
/// <param name="Device">The OpenCL device it ran on; null for the processor.</param>
/// <param name="WhyNot">Why it cannot run; null when it did.</param>
/// <param name="Difference">Largest |difference| of a result from the reference form's, relative to 1 + |result|; NaN when it cannot run.</param>
/// <param name="Rate">Best of several calls, everything included, in <paramref name="Unit"/>; NaN when it cannot run.</param>
/// <param name="Unit">"Gflop/s" or "GB/s".</param>
/// <param name="DeviceRate">The same by the OpenCL device's own clock, kernels alone; NaN for the processor.</param>
public sealed record KernelReading(string Kernel, string Form, string? Device, string? WhyNot, double Difference, double Rate, string Unit, double DeviceRate);

/// <summary>Runs every form of every kernel on the same made-up numbers, on one thread or one OpenCL device: do all forms agree, and how fast is each here?</summary>
public static class KernelProbe
{
    private const int Passes = 3;
    private const double Seconds = 0.06;

    /// <summary>The form the others are held against: scalar where the kernel library is, else managed.</summary>
    public static string Reference => KernelLibrary.Present ? "scalar" : "managed";

    /// <summary>A reading a kernel and form, in the order of dispatch, and for OpenCL one a device. Takes one to two seconds, the first time plus the devices' compilers.</summary>
    /// <param name="clock">Times the calls.</param>
    /// <param name="cacheFolder">Where built OpenCL programs are kept; null keeps none.</param>
    public static IReadOnlyList<KernelReading> Run(TimeProvider clock, string? cacheFolder)
    {
        var sessions = new Dictionary<OpenClDevice, OpenClSession>();
        try
        {
            var readings = new List<KernelReading>();
            foreach (KernelExample example in new KernelExample[] { new GeometryExample(), new FilterSaliencyExample(), new WinogradConvExample(), new ScoreAccumulateExample(), new CosineKnnExample() })
            {
                example.Reset();
                example.Run(example.Forms.Single(form => form.Name == Reference));
                var expected = example.Results.ToArray();
                foreach (var form in example.Forms)
                {
                    if (!form.OnDevice) readings.Add(Measure(example, form, expected, clock, null));
                    else if (form.WhyNot is { } why) readings.Add(Missing(example, form.Name, null, why));
                    else readings.AddRange(OpenClDevice.All.Select(device => Read(example, device, expected)));
                }
            }

            return readings;
        }
        finally
        {
            foreach (var session in sessions.Values) session.Dispose();
        }

        KernelReading Read(KernelExample example, OpenClDevice device, double[] expected)
        {
            try
            {
                if (!sessions.TryGetValue(device, out var session)) sessions.Add(device, session = OpenClSession.Open(device, cacheFolder));
                return Measure(example, example.On(session), expected, clock, session);
            }
            catch (AuditException e) when (e.Code == AuditCode.Environment)
            {
                return Missing(example, "opencl", device.Text, e.Found);
            }
        }
    }

    private static KernelReading Measure(KernelExample example, KernelForm form, double[] expected, TimeProvider clock, OpenClSession? session)
    {
        if (form.WhyNot is { } why) return Missing(example, form.Name, null, why);
        example.Reset();
        example.Run(form);
        double difference = 0;
        foreach (var (result, reference) in example.Results.Zip(expected))
            if (!result.Equals(reference)) difference = Math.Max(difference, Math.Abs(result - reference) / (1 + Math.Abs(reference)));
        double best = double.PositiveInfinity, onDevice = double.PositiveInfinity, spent = 0;
        for (var pass = 0; pass < Passes || spent < Seconds; pass++)
        {
            var start = clock.GetTimestamp();
            example.Run(form);
            var seconds = clock.GetElapsedTime(start).TotalSeconds;
            (best, spent) = (Math.Min(best, seconds), spent + seconds);
            if (session is not null) onDevice = Math.Min(onDevice, session.KernelTime.TotalSeconds);
        }

        return new KernelReading(example.Kernel, form.Name, session?.Device.Text, null, difference, example.Work / best / 1e9, example.Unit,
            session is null ? double.NaN : example.Work / onDevice / 1e9);
    }

    private static KernelReading Missing(KernelExample example, string form, string? device, string why) =>
        new(example.Kernel, form, device, why, double.NaN, double.NaN, example.Unit, double.NaN);
}
