using System.Globalization;
using System.Text.Json;
using OnnxAudit.Compression;

namespace OnnxAudit.Reports;

/// <summary>What a prune did, for people and for machines.</summary>
public static class PruneSummary
{
    /// <summary>As text: the totals, then a row a tensor.</summary>
    public static void Write(PruneReport report, TextPage page)
    {
        var (before, after) = (report.Before.Prunable, report.After.Prunable);
        page.Heading($"{Path.GetFileName(report.Path)}  {report.Recipe.Operation} of {report.Recipe.Parents[0].File}");
        page.Pairs(
        [
            new("recipe", string.Join(", ", report.Recipe.Parameters.Select(p => $"{p.Key} {p.Value}"))),
            new("removed", $"{Count(report.Masks.Weights - report.Masks.Kept)} of {Count(report.Masks.Weights)} masked weights in {Count(report.Masks.Count)} tensors"),
            new("sparsity", $"{Figures.Percent(before.Sparsity)} before, {Figures.Percent(after.Sparsity)} after, of the prunable weights; {Figures.Percent(report.After.Parameters.Sparsity)} of all parameters"),
            new("sha256", report.Sha256),
        ]);
        page.Line();
        var table = new TextTable(("tensor", TextAlign.Shrink), ("weights", TextAlign.Right), ("removed", TextAlign.Right), ("share", TextAlign.Right));
        foreach (var mask in report.Masks) table.Add(mask.Tensor, Count(mask.Count), Count(mask.Count - mask.Kept), Figures.Percent(mask.Sparsity));
        page.Table(table);
    }

    /// <summary>As JSON, into an object that was begun.</summary>
    public static void Write(PruneReport report, Utf8JsonWriter json)
    {
        json.WriteString("file", report.Path);
        json.WriteString("sha256", report.Sha256);
        json.WritePropertyName("recipe");
        report.Recipe.Write(json);
        json.WriteNumber("sparsity_before", report.Before.Prunable.Sparsity);
        json.WriteNumber("sparsity", report.After.Prunable.Sparsity);
        json.WriteNumber("sparsity_overall", report.After.Parameters.Sparsity);
        json.WriteString("masks_sha256", report.Masks.Digest);
        json.WriteStartArray("masks");
        foreach (var mask in report.Masks)
        {
            json.WriteStartObject();
            json.WriteString("tensor", mask.Tensor);
            json.WriteNumber("weights", mask.Count);
            json.WriteNumber("removed", mask.Count - mask.Kept);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    private static string Count(long n) => n.ToString("#,0", CultureInfo.InvariantCulture);
}
