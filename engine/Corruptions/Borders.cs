namespace OnnxAudit.Corruptions;

/// <summary>Indices beyond an axis brought back into it.</summary>
internal static class Borders
{
    /// <summary>Mirrored about the outermost positions: c b|a b c|b a.</summary>
    public static int Reflect101(int index, int size)
    {
        if (size == 1) return 0;
        while ((uint)index >= (uint)size) index = index < 0 ? -index : 2 * size - 2 - index;
        return index;
    }

    /// <summary>Mirrored with the outermost positions repeated: b a|a b c|c b.</summary>
    public static int Reflect(int index, int size)
    {
        while ((uint)index >= (uint)size) index = index < 0 ? -1 - index : 2 * size - 1 - index;
        return index;
    }
}
