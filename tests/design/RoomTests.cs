using System.Text.RegularExpressions;

namespace OnnxAudit.Tests.Design;

/// <summary>Rooms are one-way: a room names only rooms before it.</summary>
public partial class RoomTests
{
    /// <summary>The rooms in the order data meets them.</summary>
    private static readonly string[] Order =
    [
        "Kernels", "Files", "Graphs", "Onnx", "Gradients", "Runtime", "Data", "Corruptions", "Statistics", "Compression", "Training", "Families", "Geometry",
        "Saliency", "Comparison", "Plans", "Runs", "Bundles", "Analyses", "Checks", "Reports",
    ];

    [Fact]
    public void Rooms_LookOnlyUpstream()
    {
        var files = SourceTree.Files(".cs").Where(f => f.Path.StartsWith("engine/", StringComparison.Ordinal) || f.Path.StartsWith("kernels/managed/", StringComparison.Ordinal)).ToArray();
        Assert.True(files.Length > 50);
        var wrong = files.SelectMany(file => Named(file).Where(n => Array.IndexOf(Order, n.Room) > Array.IndexOf(Order, RoomOf(file))).Select(n => $"{file.Path}:{n.Line} names {n.Room}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void EveryFolderOfTheEngine_IsARoom()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(SourceTree.Root, "engine")).Select(f => Path.GetFileName(f)!).Where(f => f is not ("bin" or "obj"));
        Assert.Empty(folders.Except(Order));
    }

    [Fact]
    public void Namespaces_AreTheFoldersNames()
    {
        foreach (var file in SourceTree.Files(".cs").Where(f => f.Path.StartsWith("engine/", StringComparison.Ordinal)))
        {
            var declared = file.Lines.FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal));
            if (declared is not null) Assert.True(declared == $"namespace OnnxAudit.{string.Join('.', file.Path.Split('/')[1..^1])};", $"{file.Path}: {declared}");
        }
    }

    [Fact]
    public void TheEngine_ReadsNoClockEnvironmentOrConsole()
    {
        string[] forbidden = ["DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.Now", "DateTimeOffset.UtcNow", "TimeProvider.System", "Stopwatch", "Environment.GetEnvironmentVariable",
            "Environment.MachineName", "Environment.UserName", "Environment.ProcessorCount", "Console.", "Random.Shared", "new Random("];
        var files = SourceTree.Files(".cs").Where(f => f.Path.StartsWith("engine/", StringComparison.Ordinal));
        var wrong = files.SelectMany(f => f.Lines.Select((line, i) => (Line: line.Trim(), Number: i + 1))
            .Where(l => !l.Line.StartsWith("//", StringComparison.Ordinal)).SelectMany(l => forbidden.Where(l.Line.Contains).Select(w => $"{f.Path}:{l.Number} {w}")));
        Assert.Empty(wrong);
    }

    private static string RoomOf(SourceFile file) => file.Path.StartsWith("kernels/", StringComparison.Ordinal) ? "Kernels" : file.Path.Split('/')[1];

    private static IEnumerable<(string Room, int Line)> Named(SourceFile file) => file.Lines.SelectMany((line, i) => line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        ? [] : Qualified().Matches(line).Select(m => (m.Groups[1].Value, i + 1)).Where(n => Order.Contains(n.Value)));

    [GeneratedRegex(@"\bOnnxAudit\.([A-Z][A-Za-z]+)\b")]
    private static partial Regex Qualified();
}
