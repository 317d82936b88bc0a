using System.Text.Json;
using System.Xml.Linq;
using System.Xml.Schema;
using OnnxAudit.Checks;

namespace OnnxAudit.Tests.Checks;

public class JUnitWriterTests
{
    private static readonly DateTimeOffset Night = new(2026, 3, 1, 2, 30, 0, TimeSpan.FromHours(2));

    [Fact]
    public void Report_IsValid_UnderTheCommonSchema()
    {
        var document = Write(Made());
        Assert.Empty(Problems(document));
        var suites = document.Root!.Elements("testsuite").ToArray();
        Assert.Equal(["drop", "floor"], suites.Select(s => s.Attribute("name")!.Value));
        Assert.Equal(["2", "1", "1"], new[] { "tests", "failures", "errors" }.Select(a => suites[0].Attribute(a)!.Value));
        Assert.Equal("2026-03-01T00:30:00", suites[0].Attribute("timestamp")!.Value);
    }

    [Fact]
    public void EachCellAndRule_IsOneTestcase_WithFailureApartFromError()
    {
        var cases = Write(Made()).Descendants("testcase").ToArray();
        Assert.Equal(4, cases.Length);
        var failure = cases[0].Element("failure")!;
        Assert.Equal("limit", failure.Attribute("type")!.Value);
        Assert.Contains("a--clean--cpu × drop [class cat]: too low", failure.Value, StringComparison.Ordinal);
        Assert.Contains("error: a--clean--cpu × drop [class dog]", failure.Value, StringComparison.Ordinal);
        Assert.Null(cases[0].Element("error"));
        Assert.Equal("inconclusive", cases[1].Element("error")!.Attribute("type")!.Value);
        Assert.Equal("missing", cases[2].Element("error")!.Attribute("type")!.Value);
        Assert.Empty(cases[3].Elements());
    }

    [Fact]
    public void NamesWithCharactersXmlCannotHold_AreWritten()
    {
        var report = new CheckReport("", null, [Verdict("r\u0001<&>", "cell\ud800", VerdictStatus.Fail, "\"quoted\" \u0000 ×")]);
        var document = Write(report);
        Assert.Empty(Problems(document));
        Assert.Equal("r\ufffd<&>", document.Root!.Element("testsuite")!.Attribute("name")!.Value);
    }

    [Fact]
    public void Schema_RefusesWhatIsNotJUnit()
    {
        Assert.NotEmpty(Problems(XDocument.Parse("<testsuites><testsuite name='x'/></testsuites>")));
        var both = Write(Made());
        both.Descendants("failure").First().AddAfterSelf(new XElement("error", new XAttribute("type", "x")));
        Assert.NotEmpty(Problems(both));
    }

    [Fact]
    public void Json_SaysTheSame()
    {
        using var json = JsonDocument.Parse(CheckJson.Write(Made()));
        var root = json.RootElement;
        Assert.Equal("onnxaudit.check/1", root.GetProperty("schema").GetString());
        Assert.Equal(1, root.GetProperty("exit_code").GetInt32());
        Assert.Equal(1, root.GetProperty("counts").GetProperty("inconclusive").GetInt32());
        var verdicts = root.GetProperty("verdicts");
        Assert.Equal(5, verdicts.GetArrayLength());
        Assert.Equal(0.25, verdicts[0].GetProperty("observed").GetDouble());
        Assert.Equal(3, verdicts[0].GetProperty("test").GetProperty("lost").GetInt32());
        Assert.Equal(JsonValueKind.Null, verdicts[1].GetProperty("observed").ValueKind);
    }

    [Theory]
    [InlineData(new[] { VerdictStatus.Pass }, 0)]
    [InlineData(new[] { VerdictStatus.Pass, VerdictStatus.Inconclusive }, 5)]
    [InlineData(new[] { VerdictStatus.Inconclusive, VerdictStatus.Error }, 1)]
    [InlineData(new[] { VerdictStatus.Fail, VerdictStatus.Inconclusive }, 1)]
    public void ExitCode_IsTheWorst(VerdictStatus[] statuses, int exitCode) =>
        Assert.Equal(exitCode, new CheckReport("", null, [.. statuses.Select(s => Verdict("r", "c", s, ""))]).ExitCode);

    private static CheckReport Made() => new("ab", "cd",
    [
        Verdict("drop", "a--clean--cpu", VerdictStatus.Fail, "too low") with
        {
            SliceKind = "class", SliceName = "cat", Observed = 0.25, Min = 0.5, Reference = 0.6, Test = new PairedTest(10, 3, 1, 0.1, 0.2, 0.01),
        },
        Verdict("drop", "a--clean--cpu", VerdictStatus.Error, "no such class") with { SliceKind = "class", SliceName = "dog" },
        Verdict("drop", "b--clean--cpu", VerdictStatus.Inconclusive, "too few"),
        Verdict("floor", "a--clean--cpu", VerdictStatus.Error, "metric is missing"),
        Verdict("floor", "b--clean--cpu", VerdictStatus.Pass, "within bounds"),
    ]);

    private static Verdict Verdict(string rule, string cell, VerdictStatus status, string message) => new()
    {
        Rule = rule,
        Metric = "accuracy",
        Cell = cell,
        SliceKind = "all",
        SliceName = "",
        Status = status,
        Message = message,
    };

    private static XDocument Write(CheckReport report)
    {
        using var stream = new MemoryStream();
        JUnitWriter.Write(report, stream, Night, "rig 7");
        stream.Position = 0;
        return XDocument.Load(stream);
    }

    private static List<string> Problems(XDocument document)
    {
        var schemas = new XmlSchemaSet();
        schemas.Add(null, Path.Combine(AppContext.BaseDirectory, "oracles", "junit.xsd"));
        var problems = new List<string>();
        document.Validate(schemas, (_, e) => problems.Add(e.Message));
        return problems;
    }
}
