namespace OnnxAudit.Compression;

/// <summary>Which files the recorded parents of others are.</summary>
internal sealed class LineageMatching
{
    private readonly ILookup<string, LineageFile> _byDigest;
    private readonly ILookup<string, LineageFile> _byName;

    internal LineageMatching(IReadOnlyList<LineageFile> files)
    {
        _byDigest = files.ToLookup(f => f.Sha256, StringComparer.OrdinalIgnoreCase);
        _byName = files.ToLookup(f => f.FileName, StringComparer.Ordinal);
    }

    /// <summary>The file's recorded parents with what was found of them.</summary>
    internal IReadOnlyList<LineageLink> LinksOf(LineageFile file) => [.. (file.Recipe?.Parents ?? []).Select(p => Link(file, p))];

    private LineageLink Link(LineageFile file, RecipeParent parent)
    {
        if (Found(parent) is { } found) return new LineageLink(parent, ParentState.Found, found);
        var changed = _byName[parent.File].FirstOrDefault(candidate => !Descends(candidate, file));
        return changed is null ? new LineageLink(parent, ParentState.Missing) : new LineageLink(parent, ParentState.Changed, changed);
    }

    // Of several files with the same bytes, the one that kept its name.
    private LineageFile? Found(RecipeParent parent) =>
        _byDigest[parent.Sha256].FirstOrDefault(f => f.FileName == parent.File) ?? _byDigest[parent.Sha256].FirstOrDefault();

    private bool Descends(LineageFile file, LineageFile ancestor)
    {
        var seen = new HashSet<LineageFile>(ReferenceEqualityComparer.Instance);
        var open = new Stack<LineageFile>([file]);
        while (open.TryPop(out var at))
        {
            if (ReferenceEquals(at, ancestor)) return true;
            if (!seen.Add(at)) continue;
            foreach (var parent in at.Recipe?.Parents ?? [])
                if (Found(parent) is { } next) open.Push(next);
        }

        return false;
    }
}
