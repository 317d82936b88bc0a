using System.CommandLine;
using OnnxAudit.Cli;
using OnnxAudit.Families;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Families;

/// <summary>A recipe file says what the command line says.</summary>
public class OperationTableTests
{
    /// <summary>Options that are a recipe's whole, not a step's, or another way to write.</summary>
    private static readonly string[] NotOfSteps = ["output", "threads", "ort", "json", "checkpoint", "resume", "save-masks", "scores-out", "keep-rounds", "latency-runs", "help"];

    /// <summary>Options of a verb that only print accuracies: an audit tests the variants of a family.</summary>
    private static readonly (string Verb, string Option)[] Printed = [("quantize", "test"), ("factorize", "test"), ("factorize", "preprocess")];

    public static TheoryData<string> Names => [.. OperationTable.Rows.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_AreTheVerbsOptions(string name)
    {
        var verb = Assert.Single(Program.Verbs(), v => v.Name == name);
        var options = verb.Options.Select(o => o.Name.TrimStart('-')).Except(NotOfSteps).Where(o => !Printed.Contains((name, o))).Order(StringComparer.Ordinal);
        Assert.Equal(options, OperationTable.Find(name)!.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_DifferFromTheKeysOfAVariant() =>
        Assert.Equal(OperationTable.Rows.Count, OperationTable.Rows.Select(r => r.Name).Except(["name", "of"]).Distinct().Count());

    [Theory]
    [MemberData(nameof(Names))]
    public void Documentation_NamesEveryParameter(string name)
    {
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, "docs/recipes.md"));
        var at = text.IndexOf($"\n### {name}\n", StringComparison.Ordinal);
        Assert.True(at >= 0, $"docs/recipes.md has no section '### {name}'");
        var section = text[at..].Split("\n#", 3)[1];
        Assert.All(OperationTable.Find(name)!.Parameters, p => Assert.Contains($"`{p.Name}`", section));
    }
}
