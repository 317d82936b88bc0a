using System.Globalization;
using System.Text.Json;
using OnnxAudit.Bundles;
using OnnxAudit.Saliency;

namespace OnnxAudit.Reports;

/// <summary>A bundle's saliency, layer by layer, for people and for machines.</summary>
public static class SaliencyText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.saliency/1";

    private const int TopFilters = 10;

    /// <summary>A row a layer: mean saliency, and the mean standardised saliency of correct and of wrong samples; then the filters most salient for wrong ones.</summary>
    public static void Write(Bundle bundle, NeighbourQuery query, TextPage page)
    {
        foreach (var cell in WithSaliency(bundle))
        {
            var figures = SaliencyFigures.Of(bundle, cell);
            page.Heading($"{cell.Cell.Variant} on {cell.Cell.Suite}  {N(cell.Result.Samples)} samples, {N(figures.Filters)} filters");
            var table = new TextTable(("layer", TextAlign.Shrink), ("filters", TextAlign.Right), ("mean saliency", TextAlign.Right), ("deviation", TextAlign.Right),
                ("ŝ correct", TextAlign.Right), ("ŝ wrong", TextAlign.Right));
            foreach (var layer in cell.Result.Layers)
                table.Add(layer.Weight, N(layer.Filters), Plain(figures.Mean(layer)), Plain(figures.Deviation(layer)), Plain(figures.Correct(layer)), Plain(figures.Wrong(layer)));
            page.Table(table);
            var top = figures.MostSalientWhenWrong(TopFilters);
            if (top.Count > 0) page.Line("most salient filters of wrong samples, by mean ŝ:");
            foreach (var row in top.Chunk(5)) page.Line($"  {string.Join("  ", row.Select(t => $"{t.Layer.Weight}[{t.Filter}] {Plain(t.Standardised)}"))}");
            foreach (var (row, neighbours) in query.In(bundle, cell))
                page.Line($"nearest to sample {row} ({query.Layers} layers): {string.Join(", ", neighbours.Select(n => $"{n.Sample} ({n.Cosine.ToString("0.000", CultureInfo.InvariantCulture)})"))}");
        }

        page.Line($"bundle: {bundle.Folder}  digest {(bundle.IsFinished ? bundle.Digest[..16] + "…" : "none yet")}");
    }

    /// <summary>The same as JSON, into an object that was begun.</summary>
    public static void Write(Bundle bundle, NeighbourQuery query, Utf8JsonWriter json)
    {
        json.WriteString("bundle", Path.GetFullPath(bundle.Folder));
        json.WriteString("digest", bundle.Digest);
        json.WriteStartArray("cells");
        foreach (var cell in WithSaliency(bundle))
        {
            var figures = SaliencyFigures.Of(bundle, cell);
            json.WriteStartObject();
            json.WriteString("id", cell.Cell.Id);
            json.WriteNumber("samples", cell.Result.Samples);
            json.WriteNumber("filters", figures.Filters);
            json.WriteStartArray("layers");
            foreach (var layer in cell.Result.Layers)
            {
                json.WriteStartObject();
                json.WriteString("weight", layer.Weight);
                json.WriteNumber("filters", layer.Filters);
                Number(json, "mean", figures.Mean(layer));
                Number(json, "deviation", figures.Deviation(layer));
                Number(json, "standardised_correct", figures.Correct(layer));
                Number(json, "standardised_wrong", figures.Wrong(layer));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteNeighbours(json, query.In(bundle, cell));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNeighbours(Utf8JsonWriter json, IReadOnlyList<(long Row, IReadOnlyList<SaliencyNeighbour> Neighbours)> found)
    {
        json.WriteStartArray("neighbours");
        foreach (var (row, neighbours) in found)
        {
            json.WriteStartObject();
            json.WriteNumber("sample", row);
            json.WriteStartArray("nearest");
            foreach (var neighbour in neighbours)
            {
                json.WriteStartObject();
                json.WriteNumber("sample", neighbour.Sample);
                json.WriteNumber("cosine", neighbour.Cosine);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<BundleCell> WithSaliency(Bundle bundle) => bundle.Cells.Where(c => c.Result.Layers.Count > 0);

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static string N(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Plain(double value) => double.IsFinite(value) ? value.ToString("0.####E+0", CultureInfo.InvariantCulture) is var e && Math.Abs(value) is < 0.001 and > 0 ? e
        : value.ToString("0.0000", CultureInfo.InvariantCulture) : Figures.Undefined;
}
