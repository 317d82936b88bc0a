using System.Globalization;
using OnnxAudit.Reports;
using OnnxAudit.Runs;

namespace OnnxAudit.Cli;

/// <summary>A run's progress on one line of stderr, drawn over itself at most ten times a second; nothing when stderr is no terminal.</summary>
internal sealed class ProgressLine(Terminal terminal, TimeProvider clock) : IProgress<RunProgress>, IDisposable
{
    private const int BarWidth = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private long _last;
    private bool _drawn;

    /// <inheritdoc/>
    public void Report(RunProgress value)
    {
        if (!terminal.ErrorIsTerminal) return;
        lock (_gate)
        {
            if (_drawn && clock.GetElapsedTime(_last) < Interval) return;
            (_last, _drawn) = (clock.GetTimestamp(), true);
            var share = value.SampleCount == 0 ? 1 : (double)value.SamplesDone / value.SampleCount;
            var done = (int)(share * BarWidth);
            var text = string.Create(CultureInfo.InvariantCulture,
                $"cell {value.CellNumber}/{value.CellCount} {new string('━', done)}{new string('╌', BarWidth - done)} {share * 100,3:0} % {value.ImagesPerSecond,6:0} images/s  {value.Cell.Variant} on {value.Cell.Suite}");
            terminal.Error.Write($"\r{TextTable.Shorten(TextPage.Printable(text), (terminal.OutWidth ?? 80) - 1)}\e[K");
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_drawn) terminal.Error.Write("\r\e[K");
    }
}
