namespace OnnxAudit.Compression.Structured;

/// <summary>Channels that go together or not at all.</summary>
/// <param name="Root">The identity that stands for them.</param>
/// <param name="Kept">Why they stay; null when they may go.</param>
internal sealed record ChannelGroup(int Root, string? Kept);

/// <summary>Layers that make the same channels, as residual branches do, and the groups of these channels, in order.</summary>
internal sealed class LayerSet
{
    private LayerSet(IReadOnlyList<LayerFilters> layers, IReadOnlyList<ChannelGroup> groups) => (Layers, Groups) = (layers, groups);

    /// <summary>The layers, in file order.</summary>
    public IReadOnlyList<LayerFilters> Layers { get; }

    /// <summary>The groups, those that stay among them.</summary>
    public IReadOnlyList<ChannelGroup> Groups { get; }

    /// <summary>Groups that may go.</summary>
    public IEnumerable<ChannelGroup> Free => Groups.Where(g => g.Kept is null);

    /// <summary>The first layer's name, and how many more there are.</summary>
    public string Name => Layers.Count == 1 ? Layers[0].Name : FormattableString.Invariant($"{Layers[0].Name} and {Layers.Count - 1} more");

    /// <summary>The sets of a walk, in file order of their first layers.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="include">Patterns on operator, node or weight name: a group may go when one of the layers that make it fits. Empty: all.</param>
    /// <param name="exclude">Patterns of layers whose groups stay.</param>
    /// <exception cref="AuditException">Usage: a pattern fits no layer.</exception>
    public static IReadOnlyList<LayerSet> Of(ChannelWalk walk, IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    {
        var (wanted, unwanted) = (Fitting(walk, include, "include"), Fitting(walk, exclude, "exclude"));
        var sets = new ChannelIds();
        sets.Fresh(walk.Ids.Count);
        foreach (var layer in walk.Layers)
            foreach (var id in layer.Ids) sets.Tie(walk.Ids.Root(layer.Ids[0]), walk.Ids.Root(id));
        var made = new List<LayerSet>();
        foreach (var set in walk.Layers.Where(l => l.Ids.Length > 0).GroupBy(l => sets.Root(walk.Ids.Root(l.Ids[0]))))
        {
            var layers = set.ToArray();
            var makers = layers.SelectMany(l => l.Ids.Select(id => (Root: walk.Ids.Root(id), Layer: l))).ToLookup(m => m.Root, m => m.Layer);
            made.Add(new LayerSet(layers, [.. makers.Select(m => m.Key).Order().Select(root => new ChannelGroup(root, walk.Ids.ReasonToKeep(root)
                ?? (makers[root].Any(unwanted.Contains) ? "they are excluded" : include.Count > 0 && !makers[root].Any(wanted.Contains) ? "they are not included" : null)))]));
        }

        return made;
    }

    private static HashSet<LayerFilters> Fitting(ChannelWalk walk, IReadOnlyList<string> patterns, string what)
    {
        const int listed = 40;
        var all = new HashSet<LayerFilters>(ReferenceEqualityComparer.Instance);
        foreach (var text in patterns)
        {
            var pattern = new NamePattern(text);
            var fits = walk.Layers.Where(l => l.Fits(pattern)).ToArray();
            if (fits.Length == 0)
                throw new AuditException(AuditCode.Usage, $"{what} pattern '{text}'", "no layer of that operator, node or weight name", "a pattern that fits something",
                    $"Layers are: {string.Join(", ", walk.Layers.Take(listed).Select(l => l.Name))}{(walk.Layers.Count > listed ? ", …" : "")}.");
            all.UnionWith(fits);
        }

        return all;
    }
}
