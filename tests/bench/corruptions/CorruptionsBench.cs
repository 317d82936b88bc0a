using System.Diagnostics;
using System.Globalization;
using OnnxAudit.Corruptions;
using OnnxAudit.Data;

namespace OnnxAudit.Bench.Corruptions;

/// <summary>Time of every corruption on one thread, beside the published Python generator's at 32×32 and severity 3; or a contact sheet.</summary>
internal static class CorruptionsBench
{
    private const int Rounds = 40;
    private const double RoundSeconds = 0.003;

    // ms per image at 32×32, severity 3; measured once on a machine like this one with numpy, SciPy, scikit-image, OpenCV and Pillow.
    private static readonly (string Name, double Milliseconds)[] Python =
    [
        ("gaussian_noise", .11), ("shot_noise", .27), ("impulse_noise", .17), ("defocus_blur", .27), ("glass_blur", 8.6), ("motion_blur", 1.4), ("zoom_blur", 3.5), ("snow", 1.8),
        ("frost", 6.5), ("fog", .54), ("brightness", .51), ("contrast", .08), ("elastic_transform", .65), ("pixelate", .024), ("jpeg_compression", .054), ("speckle_noise", .11),
        ("gaussian_blur", .16), ("spatter", .52), ("saturate", .51),
    ];

    internal static int Run(string[] args)
    {
        var (side, severity) = (32, 3);
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            if (args[i] == "--sheet") return ContactSheet.Write(args[i + 1]);
            var value = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
            if (args[i] == "--size") side = value;
            else if (args[i] == "--severity") severity = value;
        }

        var shape = new ImageShape(side == 28 ? 1 : 3, side, side);
        var call = new CorruptionCall(CorruptionProfiles.For(shape, "bench"), shape);
        var image = ContactSheet.Colourful(shape);
        Console.WriteLine(FormattableString.Invariant($"{shape}, profile {call.Profile}, severity {severity}, one thread, best of {Rounds} rounds of {RoundSeconds * 1e3} ms and more"));
        var published = side == 32 && severity == 3;
        Console.WriteLine(published ? $"{"corruption",-18}{"ms/image",9}{"Python",9}{"ratio",8}" : $"{"corruption",-18}{"ms/image",9}");
        var (sum, python) = (0.0, 0.0);
        foreach (var corruption in CorruptionTable.All)
        {
            var best = Time(call, corruption, severity, image) * 1e3;
            var peer = Python.FirstOrDefault(p => p.Name == corruption.Name).Milliseconds;
            (sum, python) = (sum + best, python + peer);
            Print(corruption.Name, best, peer, published);
        }

        Print(FormattableString.Invariant($"all {CorruptionTable.All.Count}"), sum, python, published);
        return 0;
    }

    private static void Print(string name, double own, double peer, bool published) => Console.WriteLine(published
        ? FormattableString.Invariant($"{name,-18}{own,9:0.0000}{peer,9:0.000}{peer / own,8:0.0}") : FormattableString.Invariant($"{name,-18}{own,9:0.0000}"));

    /// <summary>Seconds per image: the best round, after enough calls for the runtime's last compilation.</summary>
    private static double Time(CorruptionCall call, Corruption corruption, int severity, byte[] image)
    {
        var output = new byte[image.Length];
        var sample = 0;
        void Once() => call.Apply(corruption, severity, 1, sample++, image, output);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 60 || (Stopwatch.GetElapsedTime(started).TotalSeconds < 0.3 && i < 20_000); i++) Once();
        var best = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            started = Stopwatch.GetTimestamp();
            var (count, seconds) = (0, 0.0);
            for (; seconds < RoundSeconds; count++, seconds = Stopwatch.GetElapsedTime(started).TotalSeconds) Once();
            best = Math.Min(best, seconds / count);
        }

        return best;
    }
}
