using System.CommandLine;
using System.Text.RegularExpressions;
using OnnxAudit.Cli;

namespace OnnxAudit.Tests.Design;

/// <summary>What the README says is there.</summary>
public partial class ReadmeTests
{
    private const int LongestReadme = 150;
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(SourceTree.Root, "README.md"));

    [Fact]
    public void Readme_IsShort() => Assert.InRange(Lines.Length, 1, LongestReadme - 1);

    [Fact]
    public void EveryCommand_Parses()
    {
        var root = CommandLine.Build(Program.Verbs());
        var commands = Lines.Select(l => Command().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value.Split("  #")[0].Trim()).ToArray();
        Assert.True(commands.Length >= 4);
        Assert.All(commands, c => Assert.True(root.Parse(c).Errors.Count == 0, $"{c}: {string.Join("; ", root.Parse(c).Errors.Select(e => e.Message))}"));
    }

    [Fact]
    public void EveryVerb_HasItsLine() => Assert.All(Program.Verbs(), v => Assert.Contains(Lines, l => l.StartsWith($"| `{v.Name}", StringComparison.Ordinal)));

    [Fact]
    public void EveryLinkAndProject_IsThere()
    {
        var text = string.Join('\n', Lines);
        Assert.All(Link().Matches(text).Select(m => m.Groups[1].Value), target => Assert.True(Path.Exists(Path.Combine(SourceTree.Root, target)), target));
        foreach (var name in new[] { "engine", "kernels", "tools/onnxaudit", "tests", "models", "docs" }) Assert.Contains($"| `{name}/` |", text);
    }

    [GeneratedRegex(@"^\s+(?:\$ )?\./onnxaudit (.*)$")]
    private static partial Regex Command();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();
}
