using System.Globalization;
using System.Text;

namespace OnnxAudit.Onnx;

/// <summary>What one reading shares: the file's name, the place reached (for messages), the external files and the bounds.</summary>
internal sealed class ReadContext(string source, ExternalFolder external, int mostFields = ReadContext.MostFields,
    int mostNodes = ReadContext.MostNodes)
{
    /// <summary>Messages within messages; protobuf's own readers stop at the same depth.</summary>
    public const int DeepestMessage = 100;

    /// <summary>
    /// Fields of all messages together. A field can cost a hundred times its two bytes once it is an object, so without a bound a file of some
    /// megabytes could take gigabytes. The largest published models have about a million.
    /// </summary>
    private const int MostFields = 10_000_000;

    /// <summary>Nodes of all graphs together, for the same reason; the largest published models have some hundred thousand.</summary>
    private const int MostNodes = 500_000;

    /// <summary>Sparse tensors may grow to this much plus <see cref="SparseGrowth"/> times what the file spends on them.</summary>
    private const long SparseAllowance = 256L << 20;

    private const long SparseGrowth = 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<string> _places = [];
    private int _fields;
    private int _nodes;
    private long _sparseStored;
    private long _sparseDense;

    public string Source { get; } = source;

    public ExternalFolder External { get; } = external;

    public void Enter(string place) => _places.Add(place);

    public void Leave() => _places.RemoveAt(_places.Count - 1);

    /// <summary>File and place reached: "model.onnx, node 'conv1' (Conv), attribute 'pads'".</summary>
    public string Where => _places.Count == 0 ? Source : $"{Source}, {string.Join(", ", _places)}";

    public AuditException Invalid(string found, string expected, string fix = "Export the model again.") =>
        new(AuditCode.Invalid, Where, found, expected, fix);

    public AuditException Damaged(long offset, string message, string found, string expected) =>
        new(AuditCode.Invalid, string.Create(CultureInfo.InvariantCulture, $"{Where}, byte {offset} ({message})"), found, expected,
            "The file is damaged or not an ONNX model: copy or export it again.");

    /// <summary>Strict UTF-8.</summary>
    public string Text(WireBytes bytes, string message)
    {
        try
        {
            return Strict.GetString(bytes.Memory.Span);
        }
        catch (DecoderFallbackException e)
        {
            throw Damaged(bytes.Offset, message,
                string.Create(CultureInfo.InvariantCulture, $"text that is not UTF-8 at its byte {e.Index}"), "UTF-8");
        }
    }

    public void CountField()
    {
        if (++_fields > mostFields)
            throw Invalid(FormattableString.Invariant($"over {mostFields} fields"), "fewer", "Simplify the graph when exporting.");
    }

    public void CountNode()
    {
        if (++_nodes > mostNodes)
            throw Invalid(FormattableString.Invariant($"over {mostNodes} nodes"), "fewer", "Simplify the graph when exporting.");
    }

    /// <summary>Books a sparse tensor's dense size before anything of that size is allocated.</summary>
    public void CountSparse(long stored, long dense)
    {
        _sparseStored += stored;
        _sparseDense += dense;
        if (_sparseDense > SparseAllowance + SparseGrowth * _sparseStored)
            throw Invalid(FormattableString.Invariant($"sparse tensors of {_sparseDense} bytes when dense, stored in {_sparseStored}"),
                FormattableString.Invariant($"at most {SparseAllowance} bytes and {SparseGrowth} times what is stored"),
                    "Store these tensors dense.");
    }
}
