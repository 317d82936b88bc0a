using System.Globalization;

namespace OnnxAudit.Data;

/// <summary>Another dataset's pixels after the settings' resize and crop.</summary>
internal sealed class FittedDataset(ImageDataset source, Preprocessing settings) : ImageDataset
{
    public override string Spec => source.Spec;

    public override string Id => source.Id;

    public override ImageShape Shape { get; } = PixelFit.ShapeOf(source.Shape, settings, source.Spec);

    public override SampleEncoding Encoding => SampleEncoding.Pixels;

    public override ReadOnlyMemory<int> Labels => source.Labels;

    public override ReadOnlyMemory<long> SourceIndices => source.SourceIndices;

    public override IReadOnlyList<string> Classes => source.Classes;

    public override string Digest => DigestText.OfLines(source.Digest,
        string.Create(CultureInfo.InvariantCulture, $"resize {settings.Resize} crop {settings.Crop}"));

    public override long SourceCount => source.SourceCount;

    public override IReadOnlyList<string> Notes => source.Notes;

    public override void ReadPixels(int index, Span<byte> pixels)
    {
        var whole = new byte[source.Shape.Count];
        source.ReadPixels(index, whole);
        PixelFit.Fit(whole, source.Shape, settings, pixels, source.Spec);
    }

    public override void Dispose() => source.Dispose();
}
