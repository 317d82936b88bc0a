using System.CommandLine;
using OnnxAudit.Cli;

namespace OnnxAudit.Tests.Tools;

public class CommandLineTests
{
    [Fact]
    public void NoArguments_ShowTheHelp()
    {
        var run = CliRun.Of();
        Assert.Equal(0, run.Code);
        Assert.Contains("inspect", run.Out);
        Assert.Contains("Exit codes:", run.Out);
    }

    [Theory]
    [InlineData("no-such-verb")]
    [InlineData("inspect")]
    [InlineData("inspect", "a.onnx", "b.onnx")]
    [InlineData("inspect", "a.onnx", "--no-such-option")]
    [InlineData("prune", "a.onnx", "--method", "magnitude", "-o", "b.onnx")]
    [InlineData("prune", "a.onnx", "--method", "magnitude", "--amount", "half", "-o", "b.onnx")]
    [InlineData("prune", "a.onnx", "--method", "no-such-method", "--amount", "0.5", "-o", "b.onnx")]
    [InlineData("prune", "a.onnx", "--method", "magnitude", "--amount", "1", "-o", "b.onnx")]
    [InlineData("prune", "a.onnx", "--method", "magnitude", "--amount", "0.5,0.9", "-o", "b.onnx")]
    [InlineData("prune", "a.onnx", "--method", "magnitude", "--amount", "0.5", "--scope", "some", "-o", "b.onnx")]
    [InlineData("prune", "a.onnx", "--method", "magnitude", "--amount", "0.5", "--threads", "0", "-o", "b.onnx")]
    [InlineData("completion", "tcsh")]
    [InlineData("data", "no-such-kind:x", "-o", "x")]
    public void UsageErrors_Exit2_WithAMessageAndNothingOnStdout(params string[] args)
    {
        var run = CliRun.Of(args);
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.StartsWith("error: ", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [Fact]
    public void UnknownVerb_NamesItAndTheHelp() =>
        Assert.Equal("error: Unrecognized command or argument 'inspekt'.\nSee 'onnxaudit --help'.\n", CliRun.Of("inspekt").Error);

    [Theory]
    [InlineData("inspect", "/no/such.onnx")]
    [InlineData("report", "/no/such", "-o", "x.html")]
    [InlineData("check", "/no/such", "--policy", "/no/such.yaml")]
    [InlineData("merge", "/no/such", "-o", "/no/where")]
    public void MissingFiles_Exit3(params string[] args)
    {
        var run = CliRun.Of(args);
        Assert.Equal((3, ""), (run.Code, run.Out));
        Assert.Contains("/no/such", run.Error);
    }

    [Fact]
    public async Task Cancellation_Exits130_AndSaysThatWorkIsKept()
    {
        var verb = new Verb("wait", "", [], [], (_, _, _) => throw new OperationCanceledException());
        using var error = new StringWriter();
        var code = await CommandLine.Run(["wait"], new Terminal(TextWriter.Null, error, null, false, false), [verb]);
        Assert.Equal(CommandLine.Interrupted, code);
        Assert.Contains("finished work is kept", error.ToString());
    }

    [Fact]
    public async Task OurOwnFaults_Exit70_AndSaySo()
    {
        var verb = new Verb("break", "", [], [], (_, _, _) => throw new InvalidOperationException("a bug"));
        using var error = new StringWriter();
        var code = await CommandLine.Run(["break"], new Terminal(TextWriter.Null, error, null, false, false), [verb]);
        Assert.Equal(CommandLine.InternalError, code);
        Assert.Contains("internal error: System.InvalidOperationException: a bug", error.ToString());
    }

    [Theory]
    [InlineData(AuditCode.Usage, 2)]
    [InlineData(AuditCode.Invalid, 3)]
    [InlineData(AuditCode.Environment, 4)]
    [InlineData(AuditCode.Inconclusive, 5)]
    public async Task AuditErrors_ExitWithTheirCode_AndTheirMessageOnly(AuditCode code, int exit)
    {
        var verb = new Verb("fail", "", [], [], (_, _, _) => throw new AuditException(code, "here", "a\u001b[31m", "b", "Do c."));
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(exit, await CommandLine.Run(["fail"], new Terminal(TextWriter.Null, error, null, false, false), [verb]));
        Assert.Equal("error: here: found a?[31m; expected b. Do c.\n", error.ToString());
    }

    [Fact]
    public void EveryVerb_HasASummaryExamplesAndDescribedSymbols()
    {
        foreach (var command in Program.Verbs())
        {
            var verb = Assert.IsType<Verb>(command);
            Assert.EndsWith(".", verb.Description);
            Assert.NotEmpty(verb.Examples);
            Assert.All(verb.Options.Where(o => o.Name != "--help"), o => Assert.False(string.IsNullOrWhiteSpace(o.Description), $"{verb.Name} {o.Name}"));
            Assert.All(verb.Arguments, a => Assert.False(string.IsNullOrWhiteSpace(a.Description), $"{verb.Name} {a.Name}"));
        }
    }

    [Fact]
    public void EveryExample_Parses()
    {
        var root = CommandLine.Build(Program.Verbs());
        foreach (var verb in Program.Verbs().Cast<Verb>())
            foreach (var example in verb.Examples)
            {
                var line = example.Split('|')[0];
                Assert.True(root.Parse(line).Errors.Count == 0, $"{line}: {string.Join("; ", root.Parse(line).Errors.Select(e => e.Message))}");
                Assert.StartsWith(verb.Name, line);
            }
    }

    [Fact]
    public void EveryVerb_ShowsItsExamplesInItsHelp()
    {
        foreach (var verb in Program.Verbs().Cast<Verb>())
        {
            var run = CliRun.Of(verb.Name, "--help");
            Assert.Equal(0, run.Code);
            Assert.Contains($"onnxaudit {verb.Examples[0]}", run.Out);
        }
    }

    [Fact]
    public void Suggestions_HoldTheVerbs() => Assert.Contains("inspect", CliRun.Of("[suggest:10]", "onnxaudit ").Out.Split('\n'));
}
