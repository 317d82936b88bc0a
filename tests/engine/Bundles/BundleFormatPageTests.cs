using System.Diagnostics;
using System.Text.RegularExpressions;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Bundles;

/// <summary>docs/bundle-format.md does what it says.</summary>
public class BundleFormatPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "bundle-format.md"));

    [SkippableFact]
    public void Snippet_ReadsAColumn()
    {
        using var folder = new TemporaryFolder();
        var made = new SmallBundle { Suites = ["clean"] };
        made.Run(folder.Path);
        Skip.IfNot(Runs("lz4", ["--version"]).Code == 0, "no lz4 program");
        var python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(p => Runs(p, ["-c", "import numpy"]).Code == 0);
        Skip.If(python is null, "no Python with NumPy");
        var snippet = Regex.Match(Page, "```python\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.InRange(snippet.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 10);
        var (code, output) = Runs(python!, ["-c", snippet, folder.Path, "clean", "dense--clean--cpu"]);
        Assert.Equal(0, code);
        var right = Enumerable.Range(0, SmallBundle.Samples).Count(row => made.IsCorrect(made.Manifest.Cells[0], row));
        Assert.StartsWith(FormattableString.Invariant($"accuracy {right / 100.0} by class ["), output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void DigestCommand_GivesTheDigest()
    {
        using var folder = new TemporaryFolder();
        var digest = new SmallBundle().Run(folder.Path)!.Digest;
        Skip.IfNot(File.Exists("/bin/bash"), "no bash");
        var command = Page.Split('\n').Single(l => l.Contains("sed -E", StringComparison.Ordinal)).Trim();
        Assert.Equal($"{digest}  -", Runs("/bin/bash", ["-c", command], folder.Path).Output.Trim());
    }

    [Fact]
    public void EveryKeyOfEveryFile_IsOnThePage()
    {
        using var folder = new TemporaryFolder();
        new SmallBundle().Run(folder.Path);
        foreach (var file in (string[])["manifest.json", "models.json", "cells/dense--clean--cpu/cell.json", "cells/dense--clean--cpu/timing.json", "samples/clean/samples.json"])
        {
            using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(folder.In(file)));
            foreach (var member in json.RootElement.EnumerateObject())
                Assert.True(Page.Contains($"`{member.Name}`", StringComparison.Ordinal) || Page.Contains($"\"{member.Name}\"", StringComparison.Ordinal), $"{file}: {member.Name}");
        }
    }

    private static (int Code, string Output) Runs(string program, string[] arguments, string folder = "")
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + (process.ExitCode == 0 ? "" : errors.Result));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }
}
