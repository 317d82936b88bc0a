using System.Globalization;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli;

/// <summary>How far work is, on one line of stderr, drawn over itself at most ten times a second; nothing when stderr is no terminal.</summary>
internal sealed class StatusLine(Terminal terminal, TimeProvider clock) : IDisposable
{
    private const int BarWidth = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private long _last;
    private bool _drawn;

    /// <summary>Draws "LABEL bar share TEXT". share: 0 to 1.</summary>
    public void Show(string label, double share, string text)
    {
        if (!terminal.ErrorIsTerminal) return;
        lock (_gate)
        {
            if (_drawn && clock.GetElapsedTime(_last) < Interval) return;
            (_last, _drawn) = (clock.GetTimestamp(), true);
            var done = (int)(share * BarWidth);
            var line = string.Create(CultureInfo.InvariantCulture, $"{label} {new string('━', done)}{new string('╌', BarWidth - done)} {share * 100,3:0} %  {text}");
            terminal.Error.Write($"\r{TextTable.Shorten(TextPage.Printable(line), (terminal.OutWidth ?? 80) - 1)}\e[K");
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_drawn) terminal.Error.Write("\r\e[K");
    }
}
