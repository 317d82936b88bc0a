using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using OnnxAudit.Compression;

namespace OnnxAudit.Bench.Masking;

/// <summary>Global magnitude masks over 25 M weights: the engine against PyTorch, masks compared before anything is timed.</summary>
internal static class MasksBench
{
    private const int Weights = 25_000_000;
    private const int Rounds = 10;
    private const int PeerRounds = 3;
    private const double Amount = 0.5;

    // Selection over 32-bit keys: two histogram passes and one that writes the bits.
    private const int Passes = 3;

    /// <summary>Runs the task with the number of threads given, else the machine's; 0 when the masks agree or there is no peer.</summary>
    internal static int Run(string[] args)
    {
        var threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
        var script = Path.Combine(AppContext.BaseDirectory, "masks", "peer_torch.py");
        var output = Console.Out;
        var layers = new Layers(Weights, seed: 1);
        var model = layers.Model();
        var recipe = new MaskRecipe { Method = "magnitude", Amount = Amount };
        var masks = Masks.Create(model, recipe, threads).Masks;
        output.WriteLine(FormattableString.Invariant($"masks: {Weights} float32 weights in {layers.Sizes.Length} tensors, global magnitude, amount {Amount}"));

        var peer = TorchPeer.Run(layers, Amount, PeerRounds, threads, script, out var reason);
        if (peer is not null && !Agree(layers, masks, peer, output)) return 1;

        var engine = Time(layers, () => Masks.Create(model, recipe), threads == 1 ? null : () => Masks.Create(model, recipe, threads), threads, output);
        if (peer is null) output.WriteLine($"  peer skipped: {reason}");
        else output.WriteLine(FormattableString.Invariant($"  {peer.Version,-36} {peer.Seconds * 1e3,8:F1} ms  ratio {peer.Seconds / engine:F1} (goal 10)"));
        return 0;
    }

    /// <summary>The engine's best time, beside one plain read of the weights.</summary>
    private static double Time(Layers layers, Action one, Action? several, int threads, TextWriter output)
    {
        var bytes = (double)layers.Values.Length * sizeof(float);
        var read = Best(() => TensorPrimitives.Max<float>(layers.Values));
        output.WriteLine(FormattableString.Invariant($"  {"one read of the weights",-36} {read * 1e3,8:F1} ms  {bytes / read / 1e9:F1} GB/s"));
        var best = double.PositiveInfinity;
        foreach (var (action, count) in new[] { (one, 1), (several, threads) })
        {
            if (action is null) continue;
            var seconds = Best(action);
            best = Math.Min(best, seconds);
            var name = FormattableString.Invariant($"engine, {count} threads, {Passes} passes");
            output.WriteLine(FormattableString.Invariant($"  {name,-36} {seconds * 1e3,8:F1} ms  {Passes * bytes / seconds / 1e9:F1} GB/s over the passes"));
        }

        return best;
    }

    /// <summary>Weights that tie at the threshold may fall differently; nothing else may, and the counts must be the same.</summary>
    private static bool Agree(Layers layers, MaskSet masks, TorchResult peer, TextWriter output)
    {
        var (start, apart, kept) = (0, 0, 0L);
        float least = float.PositiveInfinity, most = 0;
        for (var t = 0; t < masks.Count; t++)
        {
            for (var i = 0; i < masks[t].Bits.Length; i++)
            {
                kept += BitOperations.PopCount(peer.Bits[t][i]);
                for (var d = masks[t].Bits[i] ^ peer.Bits[t][i]; d != 0; d &= d - 1, apart++)
                {
                    var size = Math.Abs(layers.Values[start + i * 8 + BitOperations.TrailingZeroCount(d)]);
                    (least, most) = (Math.Min(least, size), Math.Max(most, size));
                }
            }

            start += layers.Sizes[t];
        }

        var agree = kept == masks.Kept && (apart == 0 || least == most);
        output.WriteLine(FormattableString.Invariant(
            $"  masks {(agree ? "agree" : "DIFFER")}: {masks.Kept} kept, torch {kept}; {apart} weights apart{(apart > 0 && agree ? ", all equal to the threshold" : "")}"));
        return agree;
    }

    private static double Best(Action action)
    {
        var best = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
