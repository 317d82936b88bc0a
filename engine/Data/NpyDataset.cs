using System.Numerics.Tensors;
using OnnxAudit.Graphs;

namespace OnnxAudit.Data;

/// <summary>
/// Images and labels of two npy arrays, or the records <c>first … first+count−1</c> of them. Pixels: uint8 [N,H,W,C], [N,C,H,W] or [N,H,W];
/// floats, already preprocessed: float32 or float64 [N,C,H,W] or [N,H,W].
/// </summary>
internal sealed class NpyDataset : ImageDataset
{
    private readonly NpyFile _images;
    private readonly long _first;
    private readonly bool _planar;
    private readonly Lazy<string> _digest;

    private NpyDataset(string spec, string id, NpyFile images, long first, (ImageShape Shape, bool Planar) form, int[] labels,
        IReadOnlyList<string> classes, Func<string> digest)
    {
        (Spec, Id, _images, _first, Labels, Classes) = (spec, id, images, first, labels, classes);
        (Shape, _planar) = form;
        Encoding = images.Header.Type == ElementType.UInt8 ? SampleEncoding.Pixels : SampleEncoding.Floats;
        SourceIndices = Enumerable.Range(0, labels.Length).Select(i => (long)i).ToArray();
        _digest = new Lazy<string>(digest);
    }

    public override string Spec { get; }

    public override string Id { get; }

    public override ImageShape Shape { get; }

    public override SampleEncoding Encoding { get; }

    public override ReadOnlyMemory<int> Labels { get; }

    public override ReadOnlyMemory<long> SourceIndices { get; }

    public override IReadOnlyList<string> Classes { get; }

    public override string Digest => _digest.Value;

    public static NpyDataset Open(DataSpecText text, DataOptions options)
    {
        text.RefuseSplit();
        var (imagesPath, labelsPath) = text.Pair();
        using var labelFile = NpyFile.Open(labelsPath);
        var labels = LabelSet.Read(labelFile);
        var images = NpyFile.Open(imagesPath);
        try
        {
            var form = FormOf(images);
            if (images.Header.Dims[0] != labels.Length) throw CountMismatch(imagesPath, images.Header.Dims[0], labelsPath, labels.Length);
            var id = DataSpec.IdOf(Path.GetFileNameWithoutExtension(imagesPath.Split('!')[0]), imagesPath.Split('!').Length > 1 ? imagesPath.Split('!')[1] : "");
            return new NpyDataset(text.Text, id.TrimEnd('-'), images, 0, form, labels, LabelSet.Classes(labels, labelsPath, options),
                () => DigestText.OfFiles(new[] { imagesPath, labelsPath }.Select(p => p.Split('!')[0]), "npy", imagesPath.Split('!').Last(), labelsPath.Split('!').Last()));
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>Some records of <paramref name="images"/>, which the dataset owns from now on.</summary>
    public static NpyDataset Part(string spec, string id, NpyFile images, long first, int[] labels, IReadOnlyList<string> classes, Func<string> digest) =>
        new(spec, id, images, first, FormOf(images), labels, classes, digest);

    public override void ReadPixels(int index, Span<byte> pixels)
    {
        if (Encoding != SampleEncoding.Pixels) throw new InvalidOperationException($"{Spec} holds floats");
        var record = Record(index).Span;
        if (!_planar)
        {
            record.CopyTo(pixels);
            return;
        }

        var plane = Shape.Height * Shape.Width;
        for (var c = 0; c < Shape.Channels; c++)
        {
            for (var i = 0; i < plane; i++) pixels[i * Shape.Channels + c] = record[c * plane + i];
        }
    }

    public override void ReadFloats(int index, Span<float> values)
    {
        if (Encoding != SampleEncoding.Floats) throw new InvalidOperationException($"{Spec} holds pixels");
        var record = Record(index).Span;
        values = values[..Shape.Count];
        if (_images.Header.Type == ElementType.Float) System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(record).CopyTo(values);
        else TensorPrimitives.ConvertTruncating(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(record), values);
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i])) continue;
            throw new AuditException(AuditCode.Invalid, FormattableString.Invariant($"{_images.Where}, record {_first + index}"),
                FormattableString.Invariant($"{values[i]} at value {i}"), "finite floats", "Leave the record out with a range, or save the array again.");
        }
    }

    public override void Dispose()
    {
        _images.Dispose();
        base.Dispose();
    }

    internal static AuditException CountMismatch(string imagesPath, long images, string labelsPath, long labels) => new(AuditCode.Invalid, labelsPath,
        FormattableString.Invariant($"{labels} labels for {images} images"), $"one label per image of {imagesPath}", "Give the labels that belong to these images.");

    /// <summary>Channels are the last axis, or the second, when exactly one of them has 1 or 3 entries.</summary>
    internal static (ImageShape Shape, bool Planar) FormOf(NpyFile file)
    {
        var (type, dims) = (file.Header.Type, file.Header.Dims);
        var floats = type is ElementType.Float or ElementType.Double;
        if ((!floats && type != ElementType.UInt8) || dims.Count is not (3 or 4))
            throw Wrong(file, $"{type} {file.Header.ShapeText}", "uint8 [N,H,W,C] pixels or float32 [N,C,H,W] values", "Save the images in one of these forms.");
        if (dims.Any(d => d == 0)) throw DataFault.Empty(file.Where);
        if (dims.Skip(1).Any(d => d > 65536) || file.RecordLength > 1 << 30) throw Wrong(file, file.Header.ShapeText, "images of at most 65536×65536 and 1 GiB", "Check the array's shape.");
        if (dims.Count == 3) return (new ImageShape(1, (int)dims[1], (int)dims[2]), false);
        var (first, last) = (dims[1] is 1 or 3, dims[3] is 1 or 3);
        if (floats || (first && !last)) return (new ImageShape((int)dims[1], (int)dims[2], (int)dims[3]), true);
        if (last && !first) return (new ImageShape((int)dims[3], (int)dims[1], (int)dims[2]), false);
        throw Wrong(file, file.Header.ShapeText, "1 or 3 channels in exactly one of the second and the last axis", "Save the pixels as [N,H,W,C].");
    }

    private static AuditException Wrong(NpyFile file, string found, string expected, string fix) => new(AuditCode.Invalid, file.Where, found, expected, fix);

    private ReadOnlyMemory<byte> Record(int index) =>
        (uint)index < (uint)Count ? _images.Record(_first + index) : throw new ArgumentOutOfRangeException(nameof(index));
}
