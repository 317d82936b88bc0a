using System.Runtime.CompilerServices;

namespace OnnxAudit.Tests.Design;

/// <summary>A source file of the project.</summary>
/// <param name="Path">Relative to the root, '/' separated.</param>
internal sealed record SourceFile(string Path, string[] Lines)
{
    public string Text => string.Join('\n', Lines);
}

/// <summary>The project's own files, found from where this file was compiled.</summary>
internal static class SourceTree
{
    private static readonly string[] Skipped = ["bin", "obj", "build", "node_modules", "artifacts", "TestResults", ".git", ".vs"];

    /// <summary>The root folder.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    /// <summary>Every file with one of the extensions, build outputs apart.</summary>
    public static IReadOnlyList<SourceFile> Files(params string[] extensions) => [.. Walk(Root)
        .Where(f => extensions.Contains(Path.GetExtension(f)))
        .Select(f => new SourceFile(Path.GetRelativePath(Root, f).Replace('\\', '/'), File.ReadAllLines(f)))
        .OrderBy(f => f.Path, StringComparer.Ordinal)];

    private static IEnumerable<string> Walk(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Where(d => !Skipped.Contains(Path.GetFileName(d))).SelectMany(Walk));

    private static string Here([CallerFilePath] string path = "") => path;
}
