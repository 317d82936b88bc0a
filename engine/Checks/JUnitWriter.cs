using System.Globalization;
using System.Text;
using System.Xml;

namespace OnnxAudit.Checks;

/// <summary>
/// A check's outcome as JUnit XML, valid under the common JUnit schema of Ant and Jenkins: one testsuite per rule, one testcase per cell × rule.
/// A broken bound is a failure; what could not be looked at is an error of type "missing"; inconclusive is an error of type "inconclusive",
/// because a CI that reads only this file must not take it for a pass.
/// </summary>
public static class JUnitWriter
{
    /// <summary>Writes the report. <paramref name="timestamp"/> and <paramref name="hostname"/> are values the schema asks for; the engine reads no clock.</summary>
    public static void Write(CheckReport report, Stream output, DateTimeOffset timestamp, string hostname)
    {
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), CloseOutput = false };
        using var xml = XmlWriter.Create(output, settings);
        xml.WriteStartElement("testsuites");
        var id = 0;
        foreach (var rule in report.Verdicts.GroupBy(v => v.Rule, StringComparer.Ordinal))
        {
            var cells = rule.GroupBy(v => v.Cell, StringComparer.Ordinal).ToArray();
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", Clean(rule.Key));
            xml.WriteAttributeString("package", "onnxaudit");
            xml.WriteAttributeString("id", (id++).ToString(CultureInfo.InvariantCulture));
            xml.WriteAttributeString("timestamp", timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
            xml.WriteAttributeString("hostname", hostname.Trim().Length == 0 ? "localhost" : Clean(hostname));
            WriteCount(xml, "tests", cells.Length);
            WriteCount(xml, "failures", cells.Count(c => Worst(c) == VerdictStatus.Fail));
            WriteCount(xml, "errors", cells.Count(c => Worst(c) is VerdictStatus.Error or VerdictStatus.Inconclusive));
            xml.WriteAttributeString("time", "0");
            WriteProperties(xml, report);
            foreach (var cell in cells) WriteCase(xml, rule.Key, cell);
            xml.WriteElementString("system-out", "");
            xml.WriteElementString("system-err", "");
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteProperties(XmlWriter xml, CheckReport report)
    {
        xml.WriteStartElement("properties");
        foreach (var (name, digest) in new[] { ("bundle", report.BundleDigest), ("baseline", report.BaselineDigest) })
        {
            if (digest is null) continue;
            xml.WriteStartElement("property");
            xml.WriteAttributeString("name", name);
            xml.WriteAttributeString("value", digest);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, string rule, IGrouping<string, Verdict> cell)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", Clean(cell.Key));
        xml.WriteAttributeString("classname", Clean(rule));
        xml.WriteAttributeString("time", "0");
        var worst = Worst(cell);
        if (worst != VerdictStatus.Pass)
        {
            var bad = cell.Where(v => v.Status != VerdictStatus.Pass).ToArray();
            var first = bad.First(v => v.Status == worst);
            xml.WriteStartElement(worst == VerdictStatus.Fail ? "failure" : "error");
            xml.WriteAttributeString("message", Clean($"{first.Name}: {first.Message}"));
            xml.WriteAttributeString("type", worst switch
            {
                VerdictStatus.Fail => "limit",
                VerdictStatus.Error => "missing",
                _ => "inconclusive",
            });
            xml.WriteString(Clean(string.Join('\n', bad.Select(v => $"{CheckJson.Name(v.Status)}: {v.Name}: {v.Message}"))));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static VerdictStatus Worst(IEnumerable<Verdict> verdicts)
    {
        var worst = VerdictStatus.Pass;
        foreach (var verdict in verdicts)
        {
            if (verdict.Status == VerdictStatus.Fail) return VerdictStatus.Fail;
            if (verdict.Status == VerdictStatus.Error || worst == VerdictStatus.Pass) worst = verdict.Status;
        }

        return worst;
    }

    private static void WriteCount(XmlWriter xml, string name, int value) => xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Names come from users: characters XML 1.0 cannot hold become U+FFFD.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value is '\t' or '\n' or '\r' || (rune.Value >= 0x20 && rune.Value is not (0xFFFE or 0xFFFF)) ? rune : Rune.ReplacementChar);
        return clean.ToString();
    }
}
