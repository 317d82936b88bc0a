using System.Text.RegularExpressions;

namespace OnnxAudit.Tests.Design;

/// <summary>Rules of style that can be counted.</summary>
public partial class SourceRuleTests
{
    private const int LongestFile = 500;
    private const int MedianLimit = 150;

    private static readonly IReadOnlyList<SourceFile> Code = SourceTree.Files(".cs", ".cpp", ".h", ".cl");

    [Fact]
    public void FileNames_SayWhatTheFileHolds() => Assert.DoesNotContain(Code.Select(f => f.Path), p => Vague().IsMatch(Path.GetFileNameWithoutExtension(p)));

    [Fact]
    public void Types_AreNotNamedVaguely() =>
        Assert.Empty(Code.SelectMany(f => f.Lines.Where(l => VagueType().IsMatch(l)).Select(l => $"{f.Path}: {l.Trim()}")));

    [Fact]
    public void Files_AreShort()
    {
        Assert.Empty(Code.Where(f => f.Lines.Length > LongestFile).Select(f => $"{f.Path}: {f.Lines.Length} lines"));
        Assert.InRange(Code.Select(f => f.Lines.Length).Order().ElementAt(Code.Count / 2), 1, MedianLimit);
    }

    [Fact]
    public void Nothing_IsLeftToDo() =>
        Assert.Empty(Code.Where(f => f.Path != "tests/design/SourceRuleTests.cs").SelectMany(f => f.Lines.Select((l, i) => (l, i)).Where(x => Unfinished().IsMatch(x.l)).Select(x => $"{f.Path}:{x.i + 1} {x.l.Trim()}")));

    [Fact]
    public void Product_UsesNoDynamicOrReflection() =>
        Assert.Empty(Code.Where(f => !f.Path.StartsWith("tests/", StringComparison.Ordinal)).SelectMany(f => f.Lines.Select((l, i) => (l, i))
            .Where(x => !x.l.TrimStart().StartsWith("//", StringComparison.Ordinal) && Reflective().IsMatch(x.l)).Select(x => $"{f.Path}:{x.i + 1} {x.l.Trim()}")));

    [Fact]
    public void TestFiles_MirrorWhatTheyTest()
    {
        var sources = Code.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var rooms = sources.Where(p => p.StartsWith("engine/", StringComparison.Ordinal)).Select(p => p.Split('/')[1]).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(sources, p => p.StartsWith("tests/engine/", StringComparison.Ordinal) && !rooms.Contains(p.Split('/')[2]));
    }

    [GeneratedRegex("(Helper|Helpers|Util|Utils|Utilities|Manager|Common|Base|Misc|Service|Part[0-9])$")]
    private static partial Regex Vague();

    [GeneratedRegex(@"\b(class|struct|interface|record)\s+\w*(Helper|Helpers|Util|Utils|Manager|Misc|Service)\b")]
    private static partial Regex VagueType();

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bdynamic\s+\w|Activator\.CreateInstance|\.GetMethod\(|\.GetProperty\(\""[A-Z]|Assembly\.Load")]
    private static partial Regex Reflective();
}
