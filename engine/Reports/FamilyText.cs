using System.Text.Json;
using OnnxAudit.Compression;
using OnnxAudit.Families;
using OnnxAudit.Files;

namespace OnnxAudit.Reports;

/// <summary>A family that was planned or made, for people and for machines.</summary>
public static class FamilyText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.make/1";

    private const int ShownDigits = 12;
    private const int MostNamed = 3;

    /// <summary>As text: the models as a tree of what they were made from, then a row a model, then what failed.</summary>
    public static void Write(FamilyReport report, TextPage page)
    {
        var there = report.Index.Entries.Where(e => e.State == FamilyState.Made).ToArray();
        var forest = LineageForest.Of([.. there.Select(e => Path.Combine(report.Folder, e.Name + ".onnx"))]);
        LineageText.Write(forest, page);
        page.Line();
        var table = new TextTable(("model", TextAlign.Shrink), ("made by", TextAlign.Left), ("zeros", TextAlign.Right), ("size", TextAlign.Right), ("sha256", TextAlign.Left), ("", TextAlign.Left));
        var nodes = forest.Nodes.Where(n => n.File is not null).ToDictionary(n => Path.GetFileNameWithoutExtension(n.File!.Path), StringComparer.Ordinal);
        foreach (var entry in report.Index.Entries)
        {
            var file = nodes.GetValueOrDefault(entry.Name)?.File;
            table.Add(entry.Name, entry.Operation ?? "given", file is null ? Figures.Undefined : Figures.Percent(file.Sparsity), file is null ? Figures.Undefined : Figures.Bytes(BytesOf(file)),
                entry.Sha256?[..ShownDigits] ?? Figures.Undefined, report.Kept.Contains(entry.Name, StringComparer.Ordinal) ? "kept" : entry.State == FamilyState.Made ? "" : FamilyIndex.WordOf(entry.State));
        }

        page.Table(table);
        foreach (var entry in report.Index.Entries.Where(e => e.Error is not null)) page.Line($"{entry.Name}: {entry.Error}");
        page.Line();
        page.Line(Summary(report));
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(FamilyReport report, Utf8JsonWriter json)
    {
        json.WriteString("family", report.Index.Family);
        json.WriteString("folder", report.Folder);
        json.WriteNumber("exit_code", report.ExitCode);
        json.WriteObjects("models", report.Index.Entries, entry =>
        {
            FamilyIndex.WriteEntry(entry, json);
            json.WriteBoolean("kept", report.Kept.Contains(entry.Name, StringComparer.Ordinal));
        });
        json.WriteTexts("notes", Remarks(report));
    }

    /// <summary>What operations said, each sentence once, behind the names of the variants it was said of.</summary>
    public static IEnumerable<string> Remarks(FamilyReport report) => report.Notes.GroupBy(n => n.Text, n => n.Variant, StringComparer.Ordinal).Select(g =>
    {
        string[] names = [.. g];
        return $"{string.Join(", ", names.Take(MostNamed))}{(names.Length > MostNamed ? FormattableString.Invariant($" and {names.Length - MostNamed} more") : "")}: {g.Key}";
    });

    /// <summary>What a checked recipe would make, a row a variant.</summary>
    public static void Write(FamilyPlan plan, TextPage page)
    {
        page.Heading(FormattableString.Invariant($"{plan.Recipe.Name}: {plan.Order.Count} variants of {plan.Recipe.Models.Count} {(plan.Recipe.Models.Count == 1 ? "model" : "models")}, checked"));
        var table = new TextTable(("variant", TextAlign.Shrink), ("of", TextAlign.Shrink), ("operation", TextAlign.Left), ("arguments", TextAlign.Shrink));
        foreach (var variant in plan.Order)
            table.Add(variant.Name, string.Join(", ", variant.Sources), variant.Operation.Name, string.Join(", ", variant.Arguments.EnumerateObject().Select(a => $"{a.Name} {JsonFields.Shown(a.Value).Trim('"')}")));
        page.Table(table);
    }

    /// <summary>What a checked recipe would make, as JSON, into an object that was begun.</summary>
    public static void Write(FamilyPlan plan, Utf8JsonWriter json)
    {
        json.WriteString("family", plan.Recipe.Name);
        json.WriteObjects("models", plan.Recipe.Models, model =>
        {
            json.WriteString("name", model.Name);
            json.WriteString("file", model.Path);
        });
        json.WriteObjects("variants", plan.Order, variant =>
        {
            json.WriteString("name", variant.Name);
            json.WriteTexts("of", variant.Sources);
            json.WriteString("operation", variant.Operation.Name);
            json.WritePropertyName("arguments");
            variant.Arguments.WriteTo(json);
        });
    }

    private static string Summary(FamilyReport report)
    {
        var variants = report.Index.Entries.Where(e => e.Operation is not null && e.State != FamilyState.Earlier).ToArray();
        int In(FamilyState state) => variants.Count(v => v.State == state);
        var parts = new List<string> { FormattableString.Invariant($"{In(FamilyState.Made)} of {variants.Length} variants made") };
        if (report.Kept.Count > 0) parts.Add(FormattableString.Invariant($"{report.Kept.Count} of them kept from before"));
        if (In(FamilyState.Failed) is > 0 and var failed) parts.Add(FormattableString.Invariant($"{failed} failed"));
        if (In(FamilyState.NotMade) is > 0 and var lost) parts.Add(FormattableString.Invariant($"{lost} not made for want of a parent"));
        return $"{string.Join(", ", parts)}; {Path.Combine(report.Folder, FamilyIndex.FileName)}";
    }

    private static long BytesOf(LineageFile file) => file.Parts.Sum(p => new FileInfo(p).Length);
}
