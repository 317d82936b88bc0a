using System.Globalization;
using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Runtime;

namespace OnnxAudit.Runs.Sensitivity;

/// <summary>What to try on every layer.</summary>
/// <param name="ModelPath">The model.</param>
/// <param name="Data">DATA SPEC of labelled images; also what gradients are taken over, for methods that take them.</param>
/// <param name="Edits">How weights of a layer go, each tried on every layer by itself; scope layer.</param>
/// <param name="Runtime">ONNX Runtime.</param>
/// <param name="Clock">Measures latency; no other figure depends on it.</param>
public sealed record SensitivityRequest(string ModelPath, string Data, IReadOnlyList<MaskRecipe> Edits, OrtLibrary Runtime, TimeProvider Clock)
{
    /// <summary>Largest drop in accuracy, as a fraction, that a layer may show and not be excluded.</summary>
    public double Tolerance { get; init; } = 0.01;

    /// <summary>Samples of a pass, where the model leaves its batch free.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Single-sample passes of each edited model, in turns with the model as it is; 0: no latency.</summary>
    public int LatencyRuns { get; init; } = 10;

    /// <summary>How pixels become inputs; null: as the model's metadata or the JSON beside it says.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>Name of the classifier-head node, when the search must not choose.</summary>
    public string? Head { get; init; }

    /// <summary>Threads; results depend on them, by rounding.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The kernels of the margins, as <c>audit --kernels</c> names them.</summary>
    public string Kernels { get; init; } = "auto";

    /// <summary>This request, checked as far as it can be without files.</summary>
    /// <exception cref="AuditException">Usage: numbers out of range, nothing to try, or the same twice.</exception>
    public SensitivityRequest Validated()
    {
        foreach (var edit in Edits)
        {
            edit.Validated();
            if (!(edit.Amount > 0)) throw Bad("amount", edit.Amount.ToString("R", CultureInfo.InvariantCulture), "a fraction removed, 0 < amount < 1");
            if (edit.Scope != MaskScope.Layer) throw new ArgumentException("a layer is edited by itself: scope layer", nameof(Edits));
        }

        if (Edits.Count == 0) throw Bad("amounts", "none", "one or more");
        if (Edits.GroupBy(e => (e.Amount, e.Pattern?.ToString())).FirstOrDefault(g => g.Count() > 1) is { } twice) throw Bad("amounts", $"{LayerEdit.NameOf(twice.First())} twice", "each once");
        if (!(Tolerance >= 0 && Tolerance <= 1)) throw Bad("tolerance", Tolerance.ToString("R", CultureInfo.InvariantCulture), "a drop of 0 to 1, 0 to 100 points");
        if (Batch < 1) throw Bad("batch", Batch.ToString(CultureInfo.InvariantCulture), "1 or more");
        if (LatencyRuns < 0) throw Bad("latency runs", LatencyRuns.ToString(CultureInfo.InvariantCulture), "0 or more");
        return this;
    }

    private static AuditException Bad(string what, string found, string expected) => new(AuditCode.Usage, what, found, expected, "Change the value.");
}

/// <summary>How far an analysis is.</summary>
/// <param name="Done">Edits measured.</param>
/// <param name="Of">Of how many.</param>
/// <param name="Text">What is measured next.</param>
public readonly record struct SensitivityProgress(int Done, int Of, string Text);
