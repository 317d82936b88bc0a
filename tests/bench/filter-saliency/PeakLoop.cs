using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxAudit.Bench.FilterSaliencies;

/// <summary>What the machine can do at most: fused multiply-adds on registers alone, twelve independent ones, on some threads at once.</summary>
internal static class PeakLoop
{
    private const int Steps = 100_000, Rounds = 60;

    /// <summary>Gflop/s of all threads together, best of several rounds; in a round all begin at once, and the slowest counts.</summary>
    internal static double Gflops(int threads)
    {
        var best = 0.0;
        var seconds = new double[threads];
        for (var round = 0; round < Rounds; round++)
        {
            var waiting = threads;
            void Work(int i)
            {
                Interlocked.Decrement(ref waiting);
                while (Volatile.Read(ref waiting) > 0)
                {
                }

                var started = Stopwatch.GetTimestamp();
                GC.KeepAlive(Spin(Steps));
                seconds[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
            }

            var others = Enumerable.Range(1, threads - 1).Select(i => new Thread(() => Work(i))).ToArray();
            foreach (var other in others) other.Start();
            Work(0);
            foreach (var other in others) other.Join();
            best = Math.Max(best, threads * 12.0 * 2 * Vector256<float>.Count * Steps / seconds.Max() / 1e9);
        }

        return best;
    }

    // Twelve sums hide the latency of two fused multiply-adds a cycle; an array of them would live in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Spin(int steps)
    {
        Vector256<float> m = Vector256.Create(0.999f), c = Vector256.Create(0.001f);
        Vector256<float> a0 = c, a1 = c, a2 = c, a3 = c, a4 = c, a5 = c, a6 = c, a7 = c, a8 = c, a9 = c, a10 = c, a11 = c;
        for (var i = 0; i < steps; i++)
        {
            a0 = Vector256.FusedMultiplyAdd(a0, m, c);
            a1 = Vector256.FusedMultiplyAdd(a1, m, c);
            a2 = Vector256.FusedMultiplyAdd(a2, m, c);
            a3 = Vector256.FusedMultiplyAdd(a3, m, c);
            a4 = Vector256.FusedMultiplyAdd(a4, m, c);
            a5 = Vector256.FusedMultiplyAdd(a5, m, c);
            a6 = Vector256.FusedMultiplyAdd(a6, m, c);
            a7 = Vector256.FusedMultiplyAdd(a7, m, c);
            a8 = Vector256.FusedMultiplyAdd(a8, m, c);
            a9 = Vector256.FusedMultiplyAdd(a9, m, c);
            a10 = Vector256.FusedMultiplyAdd(a10, m, c);
            a11 = Vector256.FusedMultiplyAdd(a11, m, c);
        }

        return Vector256.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }
}
