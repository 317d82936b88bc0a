using System.Diagnostics;
using OnnxAudit.Kernels;

namespace OnnxAudit.Bench.Geometry;

/// <summary>Every form of the geometry kernel side by side, and the plain loop over System.Numerics.Tensors, on one thread.</summary>
internal static class GeometryBench
{
    private const int Rounds = 7;

    internal static int Run(string[] args)
    {
        var rounds = args.Length > 0 && int.TryParse(args[0], out var asked) && asked > 0 ? asked : Rounds;
        GeometryProblem[] problems =
        [
            new("ResNet-20, CIFAR-10", 10_000, 64, 10),
            new("LeNet-5", 10_000, 84, 10),
            new("ResNet-18, ImageNet", 2_000, 512, 1000),
            new("ResNet-50, ImageNet", 500, 2048, 1000),
        ];
        Console.WriteLine(KernelLibrary.Status);
        Console.WriteLine(FormattableString.Invariant($"one thread, best of {rounds} rounds, every contender in every round, ratios are medians over rounds; Gflop/s = 2·n·C·m / time, all work included"));
        return problems.All(problem => Compare(problem, rounds)) ? 0 : 1;
    }

    private static bool Compare(GeometryProblem problem, int rounds)
    {
        var outcome = new GeometryOutcome(problem);
        var scratch = new double[GeometryForm.BlockRows * problem.Classes];
        var contenders = GeometryForm.All.Where(form => form.Supported)
            .Select(form => (form.Name, Run: (Action<GeometryOutcome>)(into => KernelContender.Run(form, problem, into, scratch))))
            .Append(("float32 loop", into => TensorLibraryContender.Run(problem, into)))
            .ToArray();
        Console.WriteLine(FormattableString.Invariant($"{problem.Name}: n={problem.Rows} m={problem.Features} C={problem.Classes}"));

        var reference = new GeometryOutcome(problem);
        contenders.Last(contender => contender.Name is "scalar" or "managed").Run(reference);
        foreach (var (name, run) in contenders)
        {
            run(outcome);
            if (Agrees(reference, outcome)) continue;
            Console.WriteLine($"  {name} disagrees with the reference: nothing is timed");
            return false;
        }

        var times = contenders.Select(_ => new double[rounds]).ToArray();
        foreach (var (_, run) in contenders) Warm(run, outcome);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < contenders.Length; i++) times[i][round] = Seconds(contenders[i].Run, outcome);
        }

        for (var i = 0; i < contenders.Length; i++)
        {
            var best = times[i].Min();
            var ratio = times[i].Select((t, round) => times[^1][round] / t).Order().ElementAt(rounds / 2);
            Console.WriteLine(FormattableString.Invariant(
                $"  {contenders[i].Name,-12} {best * 1e3,9:0.00} ms {problem.Rows / best,12:#,0} samples/s {problem.Operations / best / 1e9,7:0.00} Gflop/s {ratio,6:0.00}× the float32 loop"));
        }

        return true;
    }

    private static double Seconds(Action<GeometryOutcome> run, GeometryOutcome into)
    {
        var started = Stopwatch.GetTimestamp();
        run(into);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    // Until the runtime has compiled the loops for the last time.
    private static void Warm(Action<GeometryOutcome> run, GeometryOutcome into)
    {
        for (var spent = 0.0; spent < 0.3;) spent += Seconds(run, into);
    }

    // The tolerance of the float32 loop; the kernel's forms are held to more in their tests.
    private static bool Agrees(GeometryOutcome a, GeometryOutcome b) =>
        a.Angles.Zip(b.Angles).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-3)
        && a.Length.Zip(b.Length).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-5 * pair.First)
        && a.Margin.Zip(b.Margin).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-4 * Math.Abs(pair.First) + 1e-4);
}
