using System.Diagnostics;
using System.Globalization;
using OnnxAudit.Kernels;

namespace OnnxAudit.Bench.FilterSaliencies;

/// <summary>
/// Every form of the filter saliency kernel on the convolutions of three networks: what a direct convolution would execute, a second, and its share of the
/// measured peak. The vector forms of C++ execute less where Winograd's squares pay; a share above 100 % is that, and the last line leaves such layers out.
/// </summary>
internal static class FilterSaliencyBench
{
    private const double Budget = 0.15;

    // Arguments: a part of a network's name (all), a form's name or "all" of the processor, a batch (small ones: they are over before another program interrupts them).
    internal static int Run(string[] args)
    {
        var forms = FilterSaliencyForm.All.Where(form => form.Supported && (args.Length < 2 || args[1] == "all" ? !form.OnDevice : form.Name == args[1])).ToArray();
        Console.WriteLine(KernelLibrary.Status);
        Console.WriteLine("nominal Gflop/s = 2·n·K·output·weights / time, best of several runs, and its % of what fused multiply-adds on registers reach on as many threads; avx512, avx2 and neon may take 3x3/1 layers by Winograd's squares, which execute 4/9 or 1/4 of the nominal products: there the % is no share of the peak");
        foreach (var network in NetworkLayers.All.Where(n => args.Length == 0 || n.Name.Contains(args[0], StringComparison.OrdinalIgnoreCase)))
        {
            if (!Measure(args.Length > 2 ? network.Of(int.Parse(args[2], CultureInfo.InvariantCulture)) : network, forms)) return 1;
        }

        return 0;
    }

    private static bool Measure(NetworkLayers network, FilterSaliencyForm[] forms)
    {
        int[] threads = Environment.ProcessorCount > 1 ? [1, 2] : [1];
        var peak = threads.ToDictionary(t => t, PeakLoop.Gflops);
        Console.WriteLine(FormattableString.Invariant($"{network.Name}, batch {network.Layers[0].Shape.Samples}: peak {string.Join(", ", threads.Select(t => FormattableString.Invariant($"{peak[t]:0.0} Gflop/s on {t}")))}"));
        var columns = forms.SelectMany(form => threads.Where(t => t == 1 || form.Name is not "scalar").Select(t => (Form: form, Threads: t))).ToArray();
        var (seconds, direct) = (new double[columns.Length], new double[columns.Length]);
        Console.WriteLine($"  {"layer",-26}{string.Concat(columns.Select(c => FormattableString.Invariant($"{c.Form.Name + " " + c.Threads,18}")))}");
        foreach (var layer in network.Layers)
        {
            var problem = new LayerProblem(layer.Shape);
            if (forms.FirstOrDefault(form => !problem.Agrees(form)) is { } wrong)
            {
                Console.WriteLine($"  {layer.Name}: {wrong.Name} disagrees with the reference: nothing is timed");
                return false;
            }

            Console.Write($"  {layer.Times + " × " + layer.Name,-26}");
            for (var i = 0; i < columns.Length; i++)
            {
                var best = problem.Seconds(columns[i].Form, columns[i].Threads, Budget);
                seconds[i] += layer.Times * best;
                if (!layer.MayBeSquares) direct[i] += layer.Times * best;
                Console.Write(Cell(layer.Shape.Operations / best / 1e9, peak[columns[i].Threads]));
            }

            Console.WriteLine();
        }

        var operations = network.Layers.Sum(l => l.Times * l.Shape.Operations);
        var executed = network.Layers.Where(l => !l.MayBeSquares).Sum(l => l.Times * l.Shape.Operations);
        Console.WriteLine($"  {"the whole network",-26}{string.Concat(columns.Select((c, i) => Cell(operations / seconds[i] / 1e9, peak[c.Threads])))}");
        Console.WriteLine($"  {"without 3x3/1, as executed",-26}{string.Concat(columns.Select((c, i) => Cell(executed / direct[i] / 1e9, peak[c.Threads])))}");
        return true;
    }

    private static string Cell(double gflops, double peak) => FormattableString.Invariant($"{gflops,11:0.0} ({gflops / peak * 100,3:0}%)");
}

/// <summary>Seeded X and dY of a layer.</summary>
internal sealed class LayerProblem
{
    private readonly ConvShape _shape;
    private readonly float[] _x, _gradient, _result;
    private float[]? _reference;

    internal LayerProblem(ConvShape shape)
    {
        _shape = shape;
        var random = Philox.For(3, "layer");
        uint at = 0;
        float Next() => Philox.ToUnit(random.Words(at++, 0).A);
        // After a ReLU half of X is zero; gradients are of both signs.
        _x = [.. Enumerable.Range(0, (int)(shape.Samples * shape.Channels * shape.Input.Volume)).Select(_ => Math.Max(0, Next() - 0.5f))];
        _gradient = [.. Enumerable.Range(0, (int)(shape.Samples * shape.Filters * shape.Output.Volume)).Select(_ => Next() - 0.5f)];
        _result = new float[shape.Samples * shape.Filters];
    }

    /// <summary>The first sample's saliency against the scalar form's, or the managed form's where there is no kernel library.</summary>
    internal bool Agrees(FilterSaliencyForm form)
    {
        _reference ??= FirstSample(FilterSaliencyForm.All.Last(f => f is { Supported: true, Name: "scalar" or "managed" }));
        return FirstSample(form).Zip(_reference).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-4 * pair.Second);
    }

    /// <summary>The shortest of as many calls as fit into the budget, one at least.</summary>
    internal double Seconds(FilterSaliencyForm form, int threads, double budget)
    {
        var best = double.PositiveInfinity;
        for (var spent = 0.0; spent < budget;)
        {
            var started = Stopwatch.GetTimestamp();
            Call(form, _shape, _result, threads);
            var took = Stopwatch.GetElapsedTime(started).TotalSeconds;
            best = Math.Min(best, took);
            spent += took;
        }

        return best;
    }

    private float[] FirstSample(FilterSaliencyForm form)
    {
        var result = new float[_shape.Filters];
        Call(form, _shape with { Samples = 1 }, result, 1);
        return result;
    }

    private void Call(FilterSaliencyForm form, in ConvShape shape, float[] result, int threads) =>
        FilterSaliency.Run(form, shape, _x, _gradient, result, (int)shape.Filters, FilterAggregate.MeanAbs, [], threads);
}
