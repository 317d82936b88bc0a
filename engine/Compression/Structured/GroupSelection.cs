namespace OnnxAudit.Compression.Structured;

/// <summary>Chooses which groups go: the least important first, of equal ones the earlier; no value may lose its last channel.</summary>
internal sealed class GroupSelection
{
    private readonly ChannelWalk _walk;
    private readonly IReadOnlyDictionary<int, double> _importance;
    private readonly int[] _left;
    private readonly ILookup<int, int> _mapsOf;
    private readonly HashSet<int> _gone = [];

    private GroupSelection(ChannelWalk walk, IReadOnlyDictionary<int, double> importance)
    {
        (_walk, _importance) = (walk, importance);
        var maps = walk.Maps.Values.Select(m => m.Ids).Distinct().ToArray();
        _left = [.. maps.Select(m => m.Length)];
        _mapsOf = maps.SelectMany((ids, map) => ids.Select(id => (Root: walk.Ids.Root(id), Map: map))).ToLookup(p => p.Root, p => p.Map);
    }

    /// <summary>Roots of the groups that go.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="sets">Its layer sets.</param>
    /// <param name="importance">Of every group that may go.</param>
    /// <param name="amount">Fraction of the groups that may go, of each set or of all: ⌊amount·n + 1e-9⌋ go.</param>
    /// <param name="scope">What competes with what.</param>
    /// <param name="multiple">Of each set a multiple of this many groups stays.</param>
    /// <param name="notes">Takes sentences for people: where less went.</param>
    public static IReadOnlySet<int> Of(
        ChannelWalk walk, IReadOnlyList<LayerSet> sets, IReadOnlyDictionary<int, double> importance, double amount, MaskScope scope, int multiple, List<string> notes)
    {
        var selection = new GroupSelection(walk, importance);
        int[][] pools = [.. sets.Select(s => s.Free.Select(g => g.Root).Where(importance.ContainsKey).ToArray())];
        if (scope == MaskScope.Global) selection.Remove([.. pools.SelectMany(p => p)], amount, "all layers", notes);
        else
            for (var s = 0; s < pools.Length; s++) selection.Remove(pools[s], amount, sets[s].Name, notes);
        if (multiple > 1)
            foreach (var set in sets) selection.Round(set, multiple);
        return selection._gone;
    }

    private void Remove(int[] roots, double amount, string name, List<string> notes)
    {
        var wanted = (int)Math.Floor(amount * roots.Length + 1e-9);
        var removed = 0;
        foreach (var root in roots.OrderBy(r => _importance[r]).ThenBy(r => r))
        {
            if (removed == wanted) return;
            if (!CanGo(root)) continue;
            foreach (var map in _mapsOf[root]) _left[map]--;
            _gone.Add(root);
            removed++;
        }

        if (removed < wanted) notes.Add(FormattableString.Invariant($"{name}: {removed} of {wanted} channel groups went; more would leave a value without channels."));
    }

    private bool CanGo(int root) => _mapsOf[root].CountBy(map => map).All(c => _left[c.Key] > c.Value);

    private void Round(LayerSet set, int multiple)
    {
        var kept = set.Groups.Count(g => !_gone.Contains(g.Root));
        foreach (var root in set.Groups.Select(g => g.Root).Where(_gone.Contains).OrderByDescending(r => _importance[r]).ThenByDescending(r => r).ToArray())
        {
            if (kept % multiple == 0) return;
            _gone.Remove(root);
            kept++;
        }
    }
}
