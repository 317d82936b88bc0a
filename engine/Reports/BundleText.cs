using System.Globalization;
using System.Text.Json;
using OnnxAudit.Bundles;

namespace OnnxAudit.Reports;

/// <summary>A bundle's top line, for people and for machines.</summary>
public static class BundleText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.audit/1";

    private const int MostNotes = 8;

    /// <summary>A row a cell: accuracy and its 95 % interval, calibration, sparsity, speed; corruption grids summed up.</summary>
    public static void Write(Bundle bundle, TextPage page)
    {
        var source = BundleSource.Of(bundle);
        var corrupted = bundle.Manifest.Datasets.Where(d => d.Corruption is not null).Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var suite in source.Suites.Where(s => !corrupted.Contains(s)))
        {
            var cells = source.Of(suite);
            if (cells.Count == 0) continue;
            page.Heading($"{suite}  {cells[0].Result.Samples.ToString("#,0", CultureInfo.InvariantCulture)} samples");
            var table = new TextTable(("variant", TextAlign.Shrink), ("accuracy", TextAlign.Right), ("95 % CI", TextAlign.Right), ("NLL", TextAlign.Right),
                ("ECE", TextAlign.Right), ("sparsity", TextAlign.Right), ("p50 ms", TextAlign.Right));
            foreach (var cell in cells)
                table.Add(cell.Cell.Variant, Figures.Percent(cell.Metric("accuracy")), Interval(cell), Figures.Plain(cell.Metric("nll")), Figures.Percent(cell.Metric("ece")),
                    Figures.Percent(cell.Metric("sparsity")), Figures.Plain(cell.Metric("latency.batch1.p50_ms")));
            page.Table(table);
        }

        GridText.Write(source, bundle.Manifest, page);
        var notes = source.Cells.SelectMany(c => c.Result.Notes.Select(n => (c.Cell.Id, Note: n))).GroupBy(n => n.Note)
            .Select(n => n.Count() == 1 ? $"{n.First().Id}: {n.Key}" : FormattableString.Invariant($"{n.Count()} cells: {n.Key}")).ToArray();
        foreach (var note in notes.Take(MostNotes)) page.Line($"note: {note}");
        if (notes.Length > MostNotes) page.Line(FormattableString.Invariant($"and {notes.Length - MostNotes} more notes, in the report"));
        if (bundle.Missing.Count > 0) page.Line(FormattableString.Invariant($"{bundle.Missing.Count} of {bundle.Manifest.Cells.Count} cells are not here yet"));
        page.Line($"bundle: {bundle.Folder}  digest {(bundle.IsFinished ? bundle.Digest[..16] + "…" : "none yet")}");
    }

    /// <summary>The same as JSON, with every figure over all samples, into an object that was begun.</summary>
    public static void Write(Bundle bundle, Utf8JsonWriter json)
    {
        json.WriteString("bundle", Path.GetFullPath(bundle.Folder));
        json.WriteString("digest", bundle.Digest);
        json.WriteStartArray("cells");
        foreach (var cell in bundle.Cells)
        {
            json.WriteStartObject();
            json.WriteString("id", cell.Cell.Id);
            json.WriteString("variant", cell.Cell.Variant);
            json.WriteString("suite", cell.Cell.Suite);
            json.WriteString("device", cell.Cell.Device);
            json.WriteNumber("samples", cell.Result.Samples);
            json.WriteStartObject("metrics");
            foreach (var (name, value) in cell.Result.Slices.First(s => s.Kind == "all").Metrics.Concat(cell.Timing.Metrics))
                if (double.IsFinite(value)) json.WriteNumber(name, value);
                else json.WriteNull(name);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("missing");
        foreach (var cell in bundle.Missing) json.WriteStringValue(cell.Id);
        json.WriteEndArray();
    }

    private static string Interval(ReportCell cell) => cell.Metric("accuracy.low") is var low && double.IsNaN(low) ? Figures.Undefined
        : string.Create(CultureInfo.InvariantCulture, $"{low * 100:0.00}–{cell.Metric("accuracy.high") * 100:0.00}");
}
