using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Checks;

/// <summary>A check's outcome for machines.</summary>
public static class CheckJson
{
    /// <summary>Names the format and its version.</summary>
    public const string Schema = "onnxaudit.check/1";

    /// <summary>The report as UTF-8 JSON; numbers that do not exist are null.</summary>
    public static byte[] Write(CheckReport report) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("exit_code", report.ExitCode);
        json.WriteString("bundle", report.BundleDigest);
        json.WriteTextOrNull("baseline", report.BaselineDigest);
        json.WriteStartObject("counts");
        foreach (var status in Enum.GetValues<VerdictStatus>()) json.WriteNumber(Name(status), report.Count(status));
        json.WriteEndObject();
        json.WriteStartArray("verdicts");
        foreach (var verdict in report.Verdicts) Write(json, verdict);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    internal static string Name(VerdictStatus status) => status switch
    {
        VerdictStatus.Pass => "pass",
        VerdictStatus.Fail => "fail",
        VerdictStatus.Error => "error",
        _ => "inconclusive",
    };

    private static void Write(Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteStartObject();
        json.WriteString("rule", verdict.Rule);
        json.WriteString("cell", verdict.Cell);
        json.WriteString("slice", verdict.SliceKind);
        json.WriteString("slice_name", verdict.SliceName);
        json.WriteString("metric", verdict.Metric);
        json.WriteString("status", Name(verdict.Status));
        json.WriteString("message", verdict.Message);
        WriteNumberOrNull(json, "observed", verdict.Observed);
        WriteNumberOrNull(json, "min", verdict.Min);
        WriteNumberOrNull(json, "max", verdict.Max);
        WriteNumberOrNull(json, "reference", verdict.Reference);
        if (verdict.Test is { } test)
        {
            json.WriteStartObject("test");
            json.WriteNumber("pairs", test.Pairs);
            json.WriteNumber("lost", test.Lost);
            json.WriteNumber("gained", test.Gained);
            json.WriteNumber("p", test.P);
            json.WriteNumber("p_adjusted", test.AdjustedP);
            json.WriteNumber("alpha", test.Alpha);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("test");
        }

        json.WriteEndObject();
    }

    private static void WriteNumberOrNull(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteFinite(name, number);
        else json.WriteNull(name);
    }
}
