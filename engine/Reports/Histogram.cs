using System.Globalization;
using System.Text;

namespace OnnxAudit.Reports;

/// <summary>Counts of one measure over equal bins, correct and wrong samples apart.</summary>
internal sealed class Histogram
{
    /// <summary>Bins of every histogram.</summary>
    public const int Bins = 36;

    private readonly long[] _correct = new long[Bins];
    private readonly long[] _wrong = new long[Bins];

    /// <summary>An empty histogram over an axis.</summary>
    public Histogram(Axis axis) => Axis = axis;

    /// <summary>The values' range.</summary>
    public Axis Axis { get; }

    /// <summary>Counts of the correct samples, low bin first.</summary>
    public IReadOnlyList<long> Correct => _correct;

    /// <summary>Counts of the wrong samples, low bin first.</summary>
    public IReadOnlyList<long> Wrong => _wrong;

    /// <summary>Largest count of correct and of wrong samples in a bin.</summary>
    public long Highest => Math.Max(_correct.Max(), _wrong.Max());

    /// <summary>Counts values; undefined ones are left out. values: [N]; correct: [N] 0 or 1.</summary>
    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<byte> correct)
    {
        for (var i = 0; i < values.Length; i++)
            if (float.IsFinite(values[i])) (correct[i] != 0 ? _correct : _wrong)[Math.Min(Bins - 1, (int)(Axis.Place(values[i]) * Bins))]++;
    }

    /// <summary>The histogram as a step curve for each group, both against the share of the group's own samples, so that few wrong ones still show.</summary>
    public Markup Draw(string title, string unit)
    {
        const double width = 260, height = 150, left = 8, right = 8, top = 8, bottom = 40;
        double correctCount = Math.Max(1, _correct.Sum()), wrongCount = Math.Max(1, _wrong.Sum());
        var tallest = Math.Max(_correct.Max() / correctCount, _wrong.Max() / wrongCount);
        string Steps(long[] counts, double total)
        {
            var path = new StringBuilder();
            path.Append(CultureInfo.InvariantCulture, $"M{left} {height - bottom}");
            for (var b = 0; b < Bins; b++)
            {
                var y = height - bottom - (tallest == 0 ? 0 : counts[b] / total / tallest) * (height - top - bottom);
                path.Append(CultureInfo.InvariantCulture, $"V{y:0.#}H{left + (b + 1) * (width - left - right) / Bins:0.#}");
            }

            return path.Append(CultureInfo.InvariantCulture, $"V{height - bottom}Z").ToString();
        }

        var ticks = Axis.Ticks.Count <= 6 ? Axis.Ticks : [.. Axis.Ticks.Where((_, i) => i % 2 == 0)];
        var labels = Markup.Join(ticks.Select((t, i) =>
        {
            var x = left + Axis.Place(t) * (width - left - right);
            var anchor = x < left + 8 ? "start" : x > width - right - 8 ? "end" : "middle";
            return Markup.Of($"<path class=\"axis\" d=\"M{x} {height - bottom}v4\"/><text x=\"{x}\" y=\"{height - bottom + 17}\" text-anchor=\"{anchor}\">{Axis.Label(t)}</text>");
        }));
        return Markup.Of($"""
            <svg class="histogram" viewBox="0 0 {width} {height}" role="img" aria-label="Histogram of {title}{unit}: correct and wrong samples">
            <path class="correct" d="{Steps(_correct, correctCount)}"/><path class="wrong" d="{Steps(_wrong, wrongCount)}"/>
            <path class="axis" d="M{left} {height - bottom}H{width - right}"/>{labels}
            <text class="label" x="{width / 2}" y="{height - 5}" text-anchor="middle">{title}{unit}</text></svg>
            """);
    }
}
