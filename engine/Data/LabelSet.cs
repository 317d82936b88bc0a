using OnnxAudit.Graphs;

namespace OnnxAudit.Data;

/// <summary>Labels of sources that carry no class names.</summary>
internal static class LabelSet
{
    /// <summary>More classes than any image classifier has; a larger label is another kind of number.</summary>
    private const int MostClasses = 1 << 20;

    /// <summary>Reads integer labels from an npy array [N].</summary>
    /// <exception cref="AuditException">Invalid: not integers, not one dimension, empty, or negative.</exception>
    public static int[] Read(NpyFile file)
    {
        var header = file.Header;
        if (header.Dims.Count != 1 || Converter(header.Type) is not { } convert)
            throw new AuditException(AuditCode.Invalid, file.Where, $"{header.Type} {header.ShapeText}", "integer labels [N]", "Save the labels as int64 [N].");
        if (header.Dims[0] == 0) throw DataFault.Empty(file.Where);
        if (header.Dims[0] > Array.MaxLength / 16) throw DataFault.Length(file.Where, $"{header.ShapeText} labels", "one label per image");
        var tensor = file.ToTensor();
        var labels = new int[header.Dims[0]];
        for (var i = 0; i < labels.Length; i++)
        {
            var label = convert(tensor, i);
            if (label is < 0 or >= MostClasses) throw DataFault.Label(file.Where, i, label, MostClasses);
            labels[i] = (int)label;
        }

        return labels;
    }

    /// <summary>The settings' class names when given, which every label must then fit; else numbers up to the largest label.</summary>
    /// <exception cref="AuditException">Invalid: a label beyond the names.</exception>
    public static IReadOnlyList<string> Classes(int[] labels, string where, DataOptions options)
    {
        var classes = options.Preprocessing?.Classes?.Count ?? options.ClassCount;
        if (classes is null) return DataSpec.Numbers(labels.Max() + 1);
        var wrong = Array.FindIndex(labels, l => l >= classes);
        if (wrong >= 0) throw DataFault.Label(where, wrong, labels[wrong], classes.Value);
        return options.Preprocessing?.Classes ?? DataSpec.Numbers(classes.Value);
    }

    private static Func<Tensor, int, long>? Converter(ElementType type) => type switch
    {
        ElementType.UInt8 => static (t, i) => t.Span<byte>()[i],
        ElementType.Int8 => static (t, i) => t.Span<sbyte>()[i],
        ElementType.Int16 => static (t, i) => t.Span<short>()[i],
        ElementType.UInt16 => static (t, i) => t.Span<ushort>()[i],
        ElementType.Int32 => static (t, i) => t.Span<int>()[i],
        ElementType.UInt32 => static (t, i) => t.Span<uint>()[i],
        ElementType.Int64 => static (t, i) => t.Span<long>()[i],
        _ => null,
    };
}
