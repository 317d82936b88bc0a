namespace OnnxAudit.Onnx;

/// <summary>
/// Fields of a message that the graph does not model, whole and in file order, and which modelled fields were written although they
/// held their default (an empty name): both come back as they were.
/// </summary>
internal sealed class CarriedFields
{
    private List<(int Field, ReadOnlyMemory<byte> Bytes)>? _fields;
    private ulong _presentDefaults;

    /// <summary>Carried fields by field number, those of one number in file order.</summary>
    public IEnumerable<(int Field, ReadOnlyMemory<byte> Bytes)> InOrder => _fields?.OrderBy(f => f.Field)
        ?? Enumerable.Empty<(int, ReadOnlyMemory<byte>)>();

    /// <summary>Keeps the reader's present field.</summary>
    public void Keep(in WireReader reader) => (_fields ??= []).Add((reader.Field, reader.Raw.Memory));

    /// <summary>Notes that a modelled field with a number under 64 was there with its default value.</summary>
    public void MarkPresent(int field) => _presentDefaults |= 1UL << field;

    /// <summary>Whether <see cref="MarkPresent"/> was told so.</summary>
    public bool IsPresent(int field) => (_presentDefaults >> field & 1) != 0;

    /// <summary>A string, noted when empty.</summary>
    public string Text(in WireReader reader)
    {
        var text = reader.Text();
        if (text.Length == 0) MarkPresent(reader.Field);
        return text;
    }
}
