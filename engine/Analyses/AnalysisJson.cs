using System.Text.Json;
using OnnxAudit.Comparison.Robustness;
using OnnxAudit.Comparison.Similarity;
using OnnxAudit.Files;
using OnnxAudit.Runs;
using OnnxAudit.Statistics;

namespace OnnxAudit.Analyses;

/// <summary>An analysis as JSON.</summary>
public static class AnalysisJson
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.analysis/1";

    /// <summary>Writes every table into an object that was begun; columns stand beside it. Numbers that do not exist are null.</summary>
    public static void Write(Analysis analysis, Utf8JsonWriter json)
    {
        json.WriteString("bundle", analysis.BundleDigest);
        WriteSettings(json, analysis.Settings);
        json.WriteObjects("tallies", analysis.Robustness.Tallies, tally =>
        {
            json.WriteString("target", tally.Target);
            WriteCell(json, tally.Cell);
            json.WriteNumber("cells", tally.Cells);
            json.WriteFinite("mean", tally.Mean);
            json.WriteTextOrNull("missing", tally.Missing.Length == 0 ? null : tally.Missing);
        });
        json.WriteObjects("correlations", analysis.Robustness.Correlations.SelectMany(c => c.Rows.Select(r => (c.Cell, Row: r))), item => WriteCorrelation(json, item.Cell, item.Row));
        json.WriteObjects("random_angles", analysis.RandomAngles, angle =>
        {
            json.WriteNumber("features", angle.Dimension);
            json.WriteFinite("mean", angle.Mean);
            json.WriteFinite("sd", angle.Sd);
            json.WriteFinite("expected_sd", angle.Expected);
        });
        json.WriteObjects("corruptions", analysis.Corruptions, figure => WriteCorruptions(json, figure));
        ExemplarJson.Write(json, analysis.Exemplars);
        json.WriteObjects("comparisons", analysis.Comparisons, comparison => ComparisonJson.Write(comparison, json));
        json.WriteObjects("redundancy", analysis.Redundancy, row =>
        {
            json.WriteString("grid", row.Grid);
            json.WriteString("device", row.Device);
            json.WriteString("first", row.First);
            json.WriteString("second", row.Second);
            json.WriteNumber("models", row.Models);
            json.WriteFinite("angle", row.Angle);
            json.WriteFinite("length", row.Length);
            json.WriteFinite("margin", row.Margin);
            if (analysis.Similarity?.Overlaps.FirstOrDefault(o => (o.A, o.B) == (row.First, row.Second) || (o.A, o.B) == (row.Second, row.First)) is { } trees) json.WriteFinite("tree_overlap", trees.Shared);
        });
        if (analysis.Similarity is { } map)
        {
            json.WriteStartObject("similarity");
            SimilarityJson.Write(map, json);
            json.WriteEndObject();
        }

        if (analysis.Cka.Count > 0) json.WriteObjects("cka", analysis.Cka, table => SimilarityJson.Write(table, json));
        json.WriteStartArray("notes");
        foreach (var note in analysis.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    /// <summary>The settings of an analysis that was written.</summary>
    /// <exception cref="AuditException">Invalid: a setting is missing or of another kind.</exception>
    internal static AnalysisSettings ReadSettings(JsonFields root)
    {
        var at = root.Object("settings") ?? throw root.Wrong("settings", "nothing", "an object");
        return new AnalysisSettings
        {
            Bootstrap = new BootstrapOptions(
                Whole("replicates", 1), at.Number("confidence") is > 0 and < 1 and var confidence ? confidence : throw at.Wrong("confidence", "nothing in (0,1)", "a number in (0,1)"),
                at.Element("seed") is { ValueKind: JsonValueKind.Number } seed && seed.TryGetUInt64(out var value) ? value : throw at.Wrong("seed", "no whole number", "a whole number from 0 to 2^64-1")),
            RandomPairs = Whole("random_pairs", 2),
            Top = Whole("top", 0),
            Base = at.Text("base"),
            Reference = at.Text("reference"),
        };

        int Whole(string name, int least) => (int)(at.Integer(name, least, 1 << 24) ?? throw at.Wrong(name, "nothing", "a whole number"));
    }

    private static void WriteSettings(Utf8JsonWriter json, AnalysisSettings settings)
    {
        json.WriteStartObject("settings");
        json.WriteNumber("replicates", settings.Bootstrap.Replicates);
        json.WriteNumber("confidence", settings.Bootstrap.Confidence);
        json.WriteNumber("seed", settings.Bootstrap.Seed);
        json.WriteNumber("random_pairs", settings.RandomPairs);
        json.WriteNumber("top", settings.Top);
        json.WriteTextOrNull("base", settings.Base);
        json.WriteTextOrNull("reference", settings.Reference);
        json.WriteEndObject();
    }

    private static void WriteCell(Utf8JsonWriter json, Cell cell)
    {
        json.WriteString("cell", cell.Id);
        json.WriteString("variant", cell.Variant);
        json.WriteString("suite", cell.Suite);
        json.WriteString("device", cell.Device);
    }

    private static void WriteCorrelation(Utf8JsonWriter json, Cell cell, CorrelationRow row)
    {
        WriteCell(json, cell);
        json.WriteString("target", row.Target);
        json.WriteString("measure", row.Measure);
        json.WriteNumber("samples", row.Samples);
        json.WriteNumber("excluded", row.Excluded);
        json.WriteBoolean("constant", row.Constant);
        WriteEstimate("pearson", row.Estimate.Pearson, row.Estimate.PearsonInterval);
        WriteEstimate("spearman", row.Estimate.Spearman, row.Estimate.SpearmanInterval);

        void WriteEstimate(string name, double value, (double Low, double High) interval)
        {
            json.WriteStartObject(name);
            json.WriteFinite("value", value);
            json.WriteFinite("low", interval.Low);
            json.WriteFinite("high", interval.High);
            json.WriteEndObject();
        }
    }

    private static void WriteCorruptions(Utf8JsonWriter json, VariantCorruptions figure)
    {
        json.WriteString("variant", figure.Variant);
        json.WriteString("suite", figure.Suite);
        json.WriteString("device", figure.Device);
        json.WriteTextOrNull("reference", figure.Reference);
        json.WriteFinite("clean_error", figure.Clean);
        json.WriteObjects("means", figure.Means, mean => WriteSummary(json, mean));
        json.WriteObjects("corruptions", figure.Corruptions, row => WriteSummary(json, row));
        json.WriteObjects("severities", figure.Severities, row =>
        {
            json.WriteNumber("severity", row.Severity);
            json.WriteNumber("cells", row.Cells);
            json.WriteFinite("error", row.Error);
        });
        json.WriteObjects("classes", figure.Classes, row =>
        {
            json.WriteString("class", row.Class);
            json.WriteFinite("clean_error", row.Clean);
            json.WriteFinite("error", row.Error);
        });
        json.WriteObjects("cells", figure.Cells, row =>
        {
            json.WriteString("corruption", row.Corruption);
            json.WriteNumber("severity", row.Severity);
            json.WriteFinite("error", row.Error);
        });
    }

    private static void WriteSummary(Utf8JsonWriter json, CorruptionSummary row)
    {
        json.WriteString("name", row.Name);
        json.WriteNumber("cells", row.Cells);
        json.WriteFinite("error", row.Error);
        json.WriteFinite("ratio", row.Ratio);
        json.WriteFinite("relative_ratio", row.Relative);
    }
}
