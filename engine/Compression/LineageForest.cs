namespace OnnxAudit.Compression;

/// <summary>Models by what they were made from: a tree a root, as recipes in the files tell it.</summary>
public sealed class LineageForest
{
    private LineageForest(IReadOnlyList<LineageNode> nodes)
    {
        Nodes = nodes;
        Roots = [.. nodes.Where(n => n.Parent is null)];
    }

    /// <summary>Every model in the order given, and each parent that is not there before the first model made from it.</summary>
    public IReadOnlyList<LineageNode> Nodes { get; }

    /// <summary>The nodes without a parent.</summary>
    public IReadOnlyList<LineageNode> Roots { get; }

    /// <summary>Models whose recorded parent, of any role, is given in another form than recorded.</summary>
    public IEnumerable<(LineageNode Model, LineageLink Link)> Changed =>
        Nodes.SelectMany(n => n.Links.Where(l => l.State == ParentState.Changed).Select(l => (n, l)));

    /// <summary>Reads model files, each once however often it is named, and matches their recipes.</summary>
    /// <exception cref="AuditException">Invalid: a file is not a model, a recipe is damaged, or recipes form a ring.</exception>
    public static LineageForest Of(IReadOnlyList<string> paths) =>
        Of([.. paths.DistinctBy(Path.GetFullPath, StringComparer.Ordinal).Select(LineageFile.Read)]);

    /// <summary>
    /// Matches recipes by digest; names only tell a changed parent from a missing one. Neither the model itself nor one made from it counts as
    /// its changed parent: files that keep their name from step to step are no contradiction. A model hangs from its parent of role
    /// "base"; without one, from its first parent that is there.
    /// </summary>
    /// <exception cref="AuditException">Invalid: recipes form a ring.</exception>
    public static LineageForest Of(IReadOnlyList<LineageFile> files)
    {
        var matching = new LineageMatching(files);
        var names = NamesOf(files);
        var first = new Dictionary<string, string>(StringComparer.Ordinal);
        var nodes = files.Select((file, i) => new LineageNode
        {
            Name = names[i],
            Sha256 = file.Sha256,
            File = file,
            Operation = file.Recipe?.Operation,
            Parameters = file.Recipe?.Parameters ?? [],
            ToolVersion = file.Recipe?.ToolVersion,
            Metrics = double.IsFinite(file.Sparsity) ? [new LineageMetric("sparsity", file.Sparsity, true, true, "")] : [],
            Links = matching.LinksOf(file),
            SameAs = first.TryAdd(file.Sha256, names[i]) ? null : first[file.Sha256],
        }).ToArray();
        var byFile = new Dictionary<LineageFile, LineageNode>(ReferenceEqualityComparer.Instance);
        foreach (var node in nodes) byFile.Add(node.File!, node);
        return Grown(nodes, node => (node.Links.FirstOrDefault(l => l.Parent.Role == "base") ?? node.Links.FirstOrDefault(l => l.State == ParentState.Found)) is not { } link ? null
            : (link, link.State == ParentState.Found ? byFile[link.File!] : null));
    }

    /// <summary>Hangs nodes from the parents that <paramref name="parentOf"/> names; a link without a node gets one that stands for what is not there.</summary>
    /// <exception cref="AuditException">Invalid: the parents form a ring.</exception>
    internal static LineageForest Grown(IReadOnlyList<LineageNode> nodes, Func<LineageNode, (LineageLink Link, LineageNode? Node)?> parentOf)
    {
        var all = new List<LineageNode>();
        var absent = new Dictionary<(string, string), LineageNode>();
        foreach (var node in nodes)
        {
            if (parentOf(node) is var (link, parent))
            {
                node.ParentLink = link;
                if (parent is null)
                {
                    // A parent without a digest is known by its name alone.
                    var key = (link.Parent.Sha256, link.Parent.Sha256.Length == 0 ? link.Parent.File : "");
                    if (!absent.TryGetValue(key, out parent))
                    {
                        absent[key] = parent = new LineageNode { Name = link.Parent.File, Sha256 = link.Parent.Sha256.Length == 0 ? null : link.Parent.Sha256, State = ParentState.Missing };
                        all.Add(parent);
                    }

                    if (link.State == ParentState.Changed) parent.State = ParentState.Changed;
                }

                node.HangFrom(parent);
            }

            all.Add(node);
        }

        RefuseRings(all);
        return new LineageForest(all);
    }

    private static void RefuseRings(List<LineageNode> nodes)
    {
        var reached = new HashSet<LineageNode>();
        var open = new Stack<LineageNode>(nodes.Where(n => n.Parent is null));
        while (open.TryPop(out var node))
            if (reached.Add(node))
                foreach (var child in node.Children) open.Push(child);
        if (nodes.FirstOrDefault(n => !reached.Contains(n)) is not { } lost) return;
        var ring = new List<LineageNode>();
        for (var at = lost; !ring.Contains(at) && ring.Count < 8; at = at.Parent!) ring.Add(at);
        throw new AuditException(AuditCode.Invalid, $"lineage of '{lost.Name}'", $"a ring: {string.Join(" from ", ring.Append(ring[^1].Parent!).Select(n => $"'{n.Name}'"))}",
            "models made from earlier ones", "A recorded parent is wrong; correct it or leave the model out.");
    }

    private static string[] NamesOf(IReadOnlyList<LineageFile> files)
    {
        var counts = files.CountBy(f => f.FileName, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return [.. files.Select(f => counts[f.FileName] == 1 ? f.FileName : f.Path)];
    }
}
