using System.Numerics.Tensors;
using OnnxAudit.Graphs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Runs;

/// <summary>Logits [n,C] and features [n,m] of one forward pass, as float32, in buffers that are reused from pass to pass.</summary>
public sealed class PassOutputs
{
    private float[] _logits = [];
    private float[] _features = [];

    /// <summary>Rows of the last pass.</summary>
    public int Rows { get; private set; }

    /// <summary>Classes C.</summary>
    public int Classes { get; private set; }

    /// <summary>Features m; 0 without geometry.</summary>
    public int FeatureCount { get; private set; }

    /// <summary>[n,C], valid until the next pass.</summary>
    public ReadOnlySpan<float> Logits => _logits.AsSpan(0, Rows * Classes);

    /// <summary>[n,m], valid until the next pass.</summary>
    public ReadOnlySpan<float> Features => _features.AsSpan(0, Rows * FeatureCount);

    internal void Take(OrtTensor[] results, int rows, int fed, string source)
    {
        Rows = rows;
        Classes = Copy(results[0], rows, fed, ref _logits, source, "class scores");
        FeatureCount = results.Length > 1 ? Copy(results[1], rows, fed, ref _features, source, "features") : 0;
    }

    private static int Copy(OrtTensor from, int rows, int fed, ref float[] into, string source, string what)
    {
        var count = from.Count;
        var leading = from.Dims.Length > 0 ? from.Dims[0] : 0;
        if (leading != fed)
            throw new AuditException(AuditCode.Invalid, source, $"{what} of shape [{string.Join(',', from.Dims.ToArray())}] for {fed} samples", "one row a sample",
                "The model must keep its batch dimension first from input to output.");
        var width = (int)(count / leading);
        var wanted = rows * width;
        if (into.Length < wanted) into = new float[wanted];
        var span = into.AsSpan(0, wanted);
        switch (from.Type)
        {
            case ElementType.Float:
                from.Span<float>()[..wanted].CopyTo(span);
                break;
            case ElementType.Float16:
                TensorPrimitives.ConvertToSingle(from.Span<Half>()[..wanted], span);
                break;
            case ElementType.Double:
                TensorPrimitives.ConvertTruncating<double, float>(from.Span<double>()[..wanted], span);
                break;
            default:
                throw new AuditException(AuditCode.Invalid, source, $"{what} of type {from.Type}", "float32, float16 or double",
                    "Add a Cast or DequantizeLinear behind the classifier, or name another head with --head.");
        }

        return width;
    }
}
