using System.Globalization;
using OnnxAudit.Runs;

namespace OnnxAudit.Cli;

/// <summary>An audit's progress on the status line.</summary>
internal sealed class ProgressLine(Terminal terminal, TimeProvider clock) : IProgress<RunProgress>, IDisposable
{
    private readonly StatusLine _line = new(terminal, clock);

    /// <inheritdoc/>
    public void Report(RunProgress value) => _line.Show(
        FormattableString.Invariant($"cell {value.CellNumber}/{value.CellCount}"),
        value.SampleCount == 0 ? 1 : (double)value.SamplesDone / value.SampleCount,
        string.Create(CultureInfo.InvariantCulture, $"{value.ImagesPerSecond,6:0} images/s  {value.Cell.Variant} on {value.Cell.Suite}"));

    /// <summary>Takes the line away.</summary>
    public void Dispose() => _line.Dispose();
}
