namespace OnnxAudit.Runtime;

/// <summary>Measures how long passes take.</summary>
public static class PassTimes
{
    /// <summary>
    /// Times each of several passes <paramref name="runs"/> times after a warm-up of a fifth of that (at least 3). They take turns, so that what else the machine does
    /// meets all of them.
    /// </summary>
    /// <param name="passes">What to time.</param>
    /// <param name="runs">Repetitions of each; 0 runs nothing.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellation">Ends the work between two passes.</param>
    /// <returns>Milliseconds, one list per pass.</returns>
    public static double[][] Of(IReadOnlyList<Action> passes, int runs, TimeProvider clock, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(passes);
        ArgumentNullException.ThrowIfNull(clock);
        double[][] milliseconds = [.. passes.Select(_ => new double[runs])];
        if (runs == 0) return milliseconds;
        for (var i = 0; i < Math.Max(3, runs / 5); i++)
            foreach (var pass in passes) pass();
        for (var i = 0; i < runs; i++)
            for (var p = 0; p < passes.Count; p++)
            {
                cancellation.ThrowIfCancellationRequested();
                var start = clock.GetTimestamp();
                passes[p]();
                milliseconds[p][i] = clock.GetElapsedTime(start).TotalMilliseconds;
            }

        return milliseconds;
    }
}
