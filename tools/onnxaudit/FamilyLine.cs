using System.Globalization;
using OnnxAudit.Families;
using OnnxAudit.Reports;

namespace OnnxAudit.Cli;

/// <summary>A family in the making on stderr: a line for every variant that fails, and on a terminal one for every variant made and the status line below.</summary>
internal sealed class FamilyLine(Terminal terminal, TimeProvider clock) : IProgress<FamilyProgress>, IDisposable
{
    private readonly Lock _gate = new();
    private StatusLine _line = new(terminal, clock);

    /// <inheritdoc/>
    public void Report(FamilyProgress value)
    {
        lock (_gate)
        {
            if (value.Ended is not { } state)
            {
                _line.Show(string.Create(CultureInfo.InvariantCulture, $"{value.Done + 1}/{value.Count}"), value.Share, $"{value.Variant.Name}  {value.Text}");
                return;
            }

            if (state == FamilyState.Made && !terminal.ErrorIsTerminal) return;
            _line.Dispose();
            _line = new StatusLine(terminal, clock);
            var text = state == FamilyState.Made ? value.Variant.Name : $"{value.Variant.Name} {FamilyIndex.WordOf(state)}: {value.Text}";
            terminal.Remark(state == FamilyState.Made ? TextTable.Shorten(string.Create(CultureInfo.InvariantCulture, $"{value.Done}/{value.Count} {text}"), (terminal.OutWidth ?? 80) - 1) : text);
        }
    }

    /// <summary>Takes the status line away.</summary>
    public void Dispose() => _line.Dispose();
}
