using System.Globalization;
using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Files;
using OnnxAudit.Runs.Sensitivity;

namespace OnnxAudit.Reports;

/// <summary>Which layers bear what, for people and for machines.</summary>
public static class SensitivityText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.sensitivity/1";

    /// <summary>As text: the model, a row an edit, the layers to leave out and the prunes that are ready.</summary>
    public static void Write(SensitivityReport report, TextPage page)
    {
        page.Heading($"{Path.GetFileName(report.Model)}  layer by layer{(report.Complete ? "" : ", interrupted")}");
        page.Pairs(
        [
            new("data", report.Data),
            new("as it is", T($"accuracy {Figures.Percent(report.Base.Accuracy)}, loss {report.Base.Loss:0.0000}{(report.Base.Margin is { } m ? T($", mean margin {m:0.0000}") : "")}")),
            new("tolerance", T($"{report.Tolerance * 100:0.##} points")),
        ]);
        page.Line();
        page.Table(Table(report));
        var untested = report.Layers.SelectMany(l => l.Edits.Where(e => e.Obstacle is not null).GroupBy(e => e.Obstacle!).Select(g => $"{l.Name} at {string.Join(", ", g.Select(e => e.Name))}: {g.Key}")).ToArray();
        if (untested.Length > 0) page.Heading("Nothing eligible: not tested, so not known to be robust");
        foreach (var line in untested) page.Line(line);
        if (!report.Complete) return;
        page.Heading("Ready prunes");
        foreach (var prune in report.Prunes)
        {
            page.Line(prune.Recipe is null ? $"{prune.Name}: no layer bears it"
                : T($"{prune.Name}: accuracy {Figures.Percent(prune.Figures!.Accuracy)}, {Figures.Points(-report.Drop(prune.Figures))} points{(prune.Figures.Loses(report.Tolerance, report.Base) ? ": beyond the tolerance together" : "")}"));
            if (prune.Recipe is { } recipe) page.Line("    onnxaudit " + string.Join(' ', Arguments(report.Model, recipe).Append("-o OUT.onnx")));
        }
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(SensitivityReport report, Utf8JsonWriter json)
    {
        json.WriteString("model", report.Model);
        json.WriteString("data", report.Data);
        json.WriteBoolean("complete", report.Complete);
        json.WriteNumber("tolerance", report.Tolerance);
        json.WriteStartObject("base");
        Write(report.Base, null, json);
        json.WriteEndObject();
        json.WriteStartArray("layers");
        foreach (var layer in report.Layers)
        {
            json.WriteStartObject();
            json.WriteString("name", layer.Name);
            json.WriteString("node", layer.Node);
            json.WriteString("operator", layer.OpType);
            json.WriteNumber("weights", layer.Weights);
            json.WriteString("verdict", Word(layer.Verdict));
            json.WriteStartArray("edits");
            foreach (var edit in layer.Edits)
            {
                json.WriteStartObject();
                json.WriteString("edit", edit.Name);
                json.WriteNumber("removed", edit.Removed);
                json.WriteNumber("changed", edit.Changed);
                if (edit.Obstacle is { } obstacle) json.WriteString("nothing_eligible", obstacle);
                if (edit.Figures is { } figures) Write(figures, report.Base, json);
                if (edit is { Latency: { } latency, LatencyBefore: { } before })
                {
                    json.WriteNumber("latency_ms", latency);
                    json.WriteNumber("latency_before_ms", before);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("exclude");
        foreach (var name in report.Excluded) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteStartArray("prunes");
        foreach (var prune in report.Prunes) Write(prune, report, json);
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    private static TextTable Table(SensitivityReport report)
    {
        var margins = report.Base.Margin is not null;
        var timed = report.Layers.SelectMany(l => l.Edits).Any(e => e.Latency is not null);
        (string, TextAlign)[] columns = [("layer", TextAlign.Shrink), ("verdict", TextAlign.Left), ("edit", TextAlign.Right), ("removed", TextAlign.Right), ("loss", TextAlign.Right), ("accuracy", TextAlign.Right),
            ("points", TextAlign.Right), .. margins ? [("margin", TextAlign.Right)] : Array.Empty<(string, TextAlign)>(), .. timed ? [("ms (was)", TextAlign.Right)] : Array.Empty<(string, TextAlign)>()];
        var table = new TextTable(columns);
        foreach (var layer in report.Layers)
            foreach (var (i, edit) in layer.Edits.Index())
            {
                string[] head = i == 0 ? [layer.Name, Word(layer.Verdict)] : ["", ""];
                if (edit.Figures is not { } f)
                {
                    table.Add([.. head, edit.Name, Count(edit.Removed), .. Enumerable.Repeat("", columns.Length - 4)]);
                    continue;
                }

                table.Add([.. head, edit.Name, Count(edit.Removed), T($"{f.Loss:0.0000}"), Figures.Percent(f.Accuracy), Figures.Points(-report.Drop(f)),
                    .. margins ? [T($"{f.Margin - report.Base.Margin:+0.0000;−0.0000;0.0000}")] : Array.Empty<string>(),
                    .. timed ? [edit.Latency is null ? "" : T($"{edit.Latency:0.000} ({edit.LatencyBefore:0.000})")] : Array.Empty<string>()]);
            }

        return table;
    }

    private static void Write(EditFigures figures, EditFigures? before, Utf8JsonWriter json)
    {
        json.WriteNumber("accuracy", figures.Accuracy);
        json.WriteFinite("loss", figures.Loss);
        if (figures.Margin is { } margin)
        {
            json.WriteFinite("margin", margin);
            if (before is not null) json.WriteFinite("margin_shift", margin - before.Margin!.Value);
        }

        if (before is null) json.WriteNumber("samples", figures.Samples);
        else json.WriteNumber("accuracy_drop", before.Accuracy - figures.Accuracy);
    }

    private static void Write(SuggestedPrune prune, SensitivityReport report, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("edit", prune.Name);
        json.WriteStartArray("exclude");
        foreach (var name in prune.Excluded) json.WriteStringValue(name);
        json.WriteEndArray();
        if (prune.Recipe is { } recipe)
        {
            Write(prune.Figures!, report.Base, json);
            json.WriteStartArray("command");
            foreach (var part in Arguments(report.Model, recipe)) json.WriteStringValue(part);
            json.WriteEndArray();
            json.WriteStartObject("prune"); // a step of a recipe file
            json.WriteString("method", recipe.Method);
            if (recipe.Pattern is { } pattern) json.WriteString("pattern", pattern.ToString());
            else json.WriteNumber("amount", recipe.Amount);
            if (recipe.Pattern is null) json.WriteString("scope", "layer");
            List("include", recipe.Include);
            List("exclude", recipe.Exclude);
            json.WriteEndObject();
        }

        json.WriteEndObject();

        void List(string name, IReadOnlyList<string>? patterns)
        {
            if (patterns is not { Count: > 0 }) return;
            json.WriteStartArray(name);
            foreach (var pattern in patterns) json.WriteStringValue(pattern);
            json.WriteEndArray();
        }
    }

    // The data and seed of gradients and random scores are the caller's own options again.
    private static IEnumerable<string> Arguments(string model, MaskRecipe recipe) =>
    [
        "prune", Quoted(model), "--method", recipe.Method, .. recipe.Pattern is { } pattern ? ["--pattern", pattern.ToString()] : new[] { "--amount", T($"{recipe.Amount}"), "--scope", "layer" },
        .. (recipe.Include ?? []).SelectMany(i => new[] { "--include", Quoted(i) }), .. (recipe.Exclude ?? []).SelectMany(e => new[] { "--exclude", Quoted(e) }),
    ];

    private static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':') ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Word(LayerVerdict verdict) => verdict switch
    {
        LayerVerdict.Robust => "robust",
        LayerVerdict.Fragile => "fragile",
        LayerVerdict.NothingEligible => "nothing eligible",
        _ => "no effect",
    };

    private static string Count(long n) => n.ToString("#,0", CultureInfo.InvariantCulture);

    private static string T(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
