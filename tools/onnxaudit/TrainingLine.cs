using System.Globalization;
using OnnxAudit.Reports;
using OnnxAudit.Training;

namespace OnnxAudit.Cli;

/// <summary>A training run on stderr: a line for every epoch that ends, and on a terminal a line below, drawn over itself at most ten times a second.</summary>
internal sealed class TrainingLine(Terminal terminal, TimeProvider clock) : IProgress<TrainingProgress>, IDisposable
{
    private const int BarWidth = 16;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private long _last;
    private bool _drawn;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (!terminal.ErrorIsTerminal) return;
        if (value.Finished is null && _drawn && clock.GetElapsedTime(_last) < Interval) return;
        (_last, _drawn) = (clock.GetTimestamp(), true);
        if (value.Finished is { } epoch) terminal.Error.Write($"\r\e[K{TextTable.Shorten(Place(value) + TrainingText.Line(epoch, value.Epochs), Width)}\n");
        terminal.Error.Write($"\r{TextTable.Shorten(Text(value), Width)}\e[K");
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_drawn) terminal.Error.Write("\r\e[K");
        _drawn = false;
    }

    private int Width => (terminal.OutWidth ?? 80) - 1;

    private static string Place(TrainingProgress value) => value.Round is { } round ? string.Create(CultureInfo.InvariantCulture, $"round {round.Number}/{round.Of}  ") : "";

    private static string Text(TrainingProgress value)
    {
        var done = value.Steps == 0 ? 0 : value.Step * BarWidth / value.Steps;
        var left = value.Left.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)value.Left.TotalHours}:{value.Left:mm\\:ss}") : value.Left.ToString("m\\:ss", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"{Place(value)}epoch {value.Epoch}/{value.Epochs} {new string('━', done)}{new string('╌', BarWidth - done)} loss {value.Loss:0.0000} accuracy {value.Accuracy * 100:0.0} % {value.ImagesPerSecond:0} images/s {left} left");
    }
}
