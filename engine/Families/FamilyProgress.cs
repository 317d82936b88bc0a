namespace OnnxAudit.Families;

/// <summary>Where the making of a family stands.</summary>
/// <param name="Variant">The variant this is about.</param>
/// <param name="Done">Variants that are made, kept, failed or given up.</param>
/// <param name="Count">Of how many.</param>
/// <param name="Share">How far <paramref name="Variant"/> is, 0 to 1.</param>
/// <param name="Text">What it is at, or why it failed.</param>
/// <param name="Ended">How it ended; null while it is being made.</param>
public sealed record FamilyProgress(FamilyVariant Variant, int Done, int Count, double Share, string Text, FamilyState? Ended = null);

/// <summary>How a family is made.</summary>
public sealed record FamilyOptions
{
    /// <summary>Variants made at the same time, where memory allows.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Bytes that variants in the making may take together, by estimate; one alone is always made.</summary>
    public long MemoryBytes { get; init; } = long.MaxValue;

    /// <summary>Make everything anew, also what is there under the same key.</summary>
    public bool Again { get; init; }
}

/// <summary>What the making of a family came to.</summary>
/// <param name="Index">The index as it was written.</param>
/// <param name="Folder">Where the files are.</param>
/// <param name="Kept">Names of the variants that were there already.</param>
/// <param name="Notes">What operations said of which variant, in the recipe's order.</param>
/// <param name="ExitCode">0, or the code of the first failure in the recipe's order.</param>
public sealed record FamilyReport(FamilyIndex Index, string Folder, IReadOnlyList<string> Kept, IReadOnlyList<(string Variant, string Text)> Notes, int ExitCode);
