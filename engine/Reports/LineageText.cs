using System.Text.Json;
using System.Text.RegularExpressions;
using OnnxAudit.Compression;

namespace OnnxAudit.Reports;

/// <summary>A lineage as trees for people and as a flat list for machines.</summary>
public static partial class LineageText
{
    /// <summary>Name of the JSON format and its version.</summary>
    public const string Schema = "onnxaudit.lineage/1";

    // Twelve levels of three columns leave more than half of 80 columns to the text.
    private const int DeepestLevel = 12;
    private const int MostMetrics = 4;

    /// <summary>As text: a tree a root. What lies deeper than a page can show follows as a tree of its own.</summary>
    public static void Write(LineageForest forest, TextPage page)
    {
        var open = new Queue<LineageNode>(forest.Roots);
        while (open.TryDequeue(out var root)) WriteNode(page, root, "", "", 0, open);
        var models = forest.Nodes.Count(n => n.State is ParentState.Found or ParentState.Recorded);
        var absent = forest.Nodes.Where(n => n.State is ParentState.Missing or ParentState.Changed)
            .Select(n => n.State).Concat(forest.Nodes.SelectMany(n => n.OtherLinks).Select(l => l.State)).ToArray();
        page.Line();
        page.Line(string.Join(", ", ((string?[])[Figures.Count(models) + (models == 1 ? " model" : " models"),
            Counted(ParentState.Missing, "missing"), Counted(ParentState.Changed, "changed")]).OfType<string>()));

        string? Counted(ParentState state, string word) => absent.Count(s => s == state) is > 0 and var count ? $"{Figures.Count(count)} {(count == 1 ? "parent" : "parents")} {word}" : null;
    }

    /// <summary>Why verification failed: a sentence for each changed parent.</summary>
    public static IEnumerable<string> Failures(LineageForest forest) => forest.Changed.Select(c =>
        $"{c.Model.Name}: made from {c.Link.Parent.File} of sha256 {c.Link.Parent.Sha256}; the {c.Link.Parent.File} given ({c.Link.File!.Path}) has {c.Link.File.Sha256}. Give the file it was made from, or make it again.");

    /// <summary>As JSON, into an object that was begun: models in order, each with the index of the one it hangs from.</summary>
    public static void Write(LineageForest forest, Utf8JsonWriter json)
    {
        json.WriteBoolean("verified", !forest.Changed.Any());
        json.WriteStartArray("models");
        var indices = forest.Nodes.Index().ToDictionary(n => n.Item, n => n.Index);
        foreach (var node in forest.Nodes) Write(node, node.Parent is { } parent ? indices[parent] : null, json);
        json.WriteEndArray();
    }

    private static void WriteNode(TextPage page, LineageNode node, string first, string rest, int level, Queue<LineageNode> open)
    {
        var cut = level == DeepestLevel && node.Children.Count > 0;
        var below = cut || node.Children.Count == 0 ? rest + "  " : rest + "│ ";
        page.Hung(first, below, Label(node) + (cut ? "; what was made from it follows below" : ""));
        foreach (var link in node.OtherLinks) page.Hung(below, below + "  ", $"also from {Described(link)}");
        if (cut)
        {
            open.Enqueue(node);
            return;
        }

        for (var i = 0; i < node.Children.Count; i++)
        {
            var last = i == node.Children.Count - 1;
            WriteNode(page, node.Children[i], rest + (last ? "└─ " : "├─ "), rest + (last ? "   " : "│  "), level + 1, open);
        }
    }

    private static string Label(LineageNode node)
    {
        if (node.State is ParentState.Missing) return $"{node.Name}  missing{(node.Sha256 is { } sha ? $", sha256 {Short(sha)}" : "")}";
        if (node.State is ParentState.Changed) return $"{node.Name}  CHANGED, was sha256 {Short(node.Sha256!)}; the file given has another";
        var parts = new List<string>();
        if (node.Operation is { } operation)
            parts.Add(Shown(node.Parameters) is { Length: > 0 } shown ? $"{operation}: {shown}" : operation);
        if (node.Metrics.Where(m => m.IsPrimary).Take(MostMetrics).ToArray() is { Length: > 0 } metrics)
            parts.Add(string.Join(", ", metrics.Select(m => $"{m.Name} {(m.IsFraction ? Figures.Percent(m.Value) : $"{Figures.Plain(m.Value)} {m.Unit}".TrimEnd())}")));
        if (node.SameAs is { } same) parts.Add($"same bytes as {same}");
        return parts.Count == 0 ? node.Name : $"{node.Name}  {string.Join("; ", parts)}";
    }

    // A page is for reading: digests are cut, and what only rounding depends on stays in the JSON.
    private static string Shown(IReadOnlyList<KeyValuePair<string, string>> parameters) => string.Join(", ", parameters.Where(p => p.Key is not ("threads" or "runtime"))
        .Select(p => $"{p.Key} {LongDigest().Replace(p.Value, m => $"sha256:{m.Groups[1].Value}…")}"));

    [GeneratedRegex("sha256:([0-9a-f]{8})[0-9a-f]{56}")]
    private static partial Regex LongDigest();

    private static string Described(LineageLink link) => $"{link.Parent.Role} {link.Parent.File}" + link.State switch
    {
        ParentState.Found => "",
        ParentState.Missing => $", missing, sha256 {Short(link.Parent.Sha256)}",
        ParentState.Changed => $", CHANGED, was sha256 {Short(link.Parent.Sha256)}",
        _ => $", sha256 {Short(link.Parent.Sha256)}",
    };

    private static string Short(string sha256) => sha256.Length > 16 ? $"{sha256[..16]}…" : sha256;

    private static void Write(LineageNode node, int? parent, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteString("state", Word(node.State));
        if (node.File is { } file) json.WriteString("file", file.Path);
        if (node.Sha256 is { } sha) json.WriteString("sha256", sha);
        if (node.SameAs is { } same) json.WriteString("sameAs", same);
        if (parent is { } index) json.WriteNumber("parent", index);
        if (node.Operation is { } operation) json.WriteString("operation", operation);
        json.WriteStartObject("parameters");
        foreach (var (name, value) in node.Parameters) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartObject("metrics");
        foreach (var metric in node.Metrics) json.WriteNumber(metric.Name, metric.Value);
        json.WriteEndObject();
        json.WriteStartArray("parents");
        foreach (var link in node.Links)
        {
            json.WriteStartObject();
            json.WriteString("role", link.Parent.Role);
            json.WriteString("sha256", link.Parent.Sha256);
            json.WriteString("file", link.Parent.File);
            json.WriteString("state", Word(link.State));
            if (link.File is { } found) json.WriteString("given", found.Path);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Word(ParentState state) => state switch
    {
        ParentState.Found => "found",
        ParentState.Missing => "missing",
        ParentState.Changed => "changed",
        _ => "recorded",
    };
}
