namespace OnnxAudit.Geometry;

/// <summary>How often a convention of the measures applied; add them over batches and report them beside the figures.</summary>
/// <param name="ZeroFeatures">Samples with ‖X‖ = 0: their angles are 90°.</param>
/// <param name="ZeroDirections">Classes with W_j = 0: angles to them are 90°. A property of the model, the same in every batch.</param>
/// <param name="SkippedPairs">(sample, class) pairs left out of the margin because the two directions are nearly equal.</param>
/// <param name="BiasEvents">In <see cref="MarginMode.PredictedRegion"/>: samples with some d(ŷ,j) &lt; 0, where the bias or a tie decided the prediction.</param>
public readonly record struct GeometryFlags(long ZeroFeatures, int ZeroDirections, long SkippedPairs, long BiasEvents)
{
    /// <summary>The counts of two batches of one model together.</summary>
    public static GeometryFlags operator +(GeometryFlags a, GeometryFlags b) => new(
        a.ZeroFeatures + b.ZeroFeatures,
        Math.Max(a.ZeroDirections, b.ZeroDirections),
        a.SkippedPairs + b.SkippedPairs,
        a.BiasEvents + b.BiasEvents);
}

/// <summary>The measures of one batch: buffers that grow when needed and are used again. Spans are valid until the next Measure.</summary>
public sealed class GeometryRows
{
    private float[] _angles = [], _angle = [], _length = [], _margin = [], _probability = [], _confidence = [], _loss = [];
    private int[] _prediction = [];
    private byte[] _correct = [];

    /// <summary>n.</summary>
    public int Count { get; private set; }

    /// <summary>C.</summary>
    public int Classes { get; private set; }

    /// <summary>Degrees in [0,180] from X to every W_j, [n,C]. 90 when either is zero.</summary>
    public Span<float> Angles => _angles.AsSpan(0, Count * Classes);

    /// <summary>Degrees to the true class direction, [n].</summary>
    public Span<float> Angle => _angle.AsSpan(0, Count);

    /// <summary>‖X‖₂ in feature units, [n].</summary>
    public Span<float> Length => _length.AsSpan(0, Count);

    /// <summary>Distance to the nearest hyper-plane by the chosen <see cref="MarginMode"/>, feature units, [n]. Infinite when there is no hyper-plane (C = 1).</summary>
    public Span<float> Margin => _margin.AsSpan(0, Count);

    /// <summary>Softmax of the real logits at the true class, [n].</summary>
    public Span<float> Probability => _probability.AsSpan(0, Count);

    /// <summary>The largest class probability of the real logits, in [1/C,1] and never NaN, [n].</summary>
    public Span<float> Confidence => _confidence.AsSpan(0, Count);

    /// <summary>−log of <see cref="Probability"/>, computed from the logits and finite where it underflows, [n].</summary>
    public Span<float> Loss => _loss.AsSpan(0, Count);

    /// <summary>The first index of the largest real logit, [n].</summary>
    public Span<int> Prediction => _prediction.AsSpan(0, Count);

    /// <summary>1 where the prediction is the label, else 0, [n].</summary>
    public Span<byte> Correct => _correct.AsSpan(0, Count);

    /// <summary>The conventions applied in this batch.</summary>
    public GeometryFlags Flags { get; internal set; }

    /// <summary>Fills prediction, correctness, probability, confidence and loss alone, from logits [n,C] without features; the geometry spans hold nothing of use.</summary>
    /// <exception cref="AuditException">As <see cref="Predictions.Of"/>.</exception>
    public void Predict(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes, long firstRow = 0)
    {
        Resize(labels.Length, classes);
        Predictions.Of(logits, labels, classes, Prediction, Correct, Probability, Confidence, Loss, firstRow);
    }

    internal void Resize(int count, int classes)
    {
        (Count, Classes) = (count, classes);
        if (_angles.Length < (long)count * classes) _angles = new float[count * classes];
        if (_angle.Length >= count) return;
        (_angle, _length, _margin) = (new float[count], new float[count], new float[count]);
        (_probability, _confidence, _loss) = (new float[count], new float[count], new float[count]);
        (_prediction, _correct) = (new int[count], new byte[count]);
    }
}
