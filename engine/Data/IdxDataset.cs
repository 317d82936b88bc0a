namespace OnnxAudit.Data;

/// <summary>Grey images and labels of two IDX files (MNIST, Fashion-MNIST, KMNIST, …).</summary>
internal sealed class IdxDataset : ImageDataset
{
    private readonly IdxFile _images;
    private readonly Lazy<string> _digest;

    private IdxDataset(DataSpecText text, IdxFile images, int[] labels, IReadOnlyList<string> classes, string labelsPath)
    {
        (_images, Spec, Labels, Classes) = (images, text.Text, labels, classes);
        Id = DataSpec.IdOf(Path.GetFileName(images.FilePath).Split('.')[0]);
        SourceIndices = Enumerable.Range(0, labels.Length).Select(i => (long)i).ToArray();
        _digest = new Lazy<string>(() => DigestText.OfFiles([images.FilePath, labelsPath], "idx"));
    }

    public override string Spec { get; }

    public override string Id { get; }

    public override ImageShape Shape => new(1, _images.Dims[1], _images.Dims[2]);

    public override SampleEncoding Encoding => SampleEncoding.Pixels;

    public override ReadOnlyMemory<int> Labels { get; }

    public override ReadOnlyMemory<long> SourceIndices { get; }

    public override IReadOnlyList<string> Classes { get; }

    public override string Digest => _digest.Value;

    public static IdxDataset Open(DataSpecText text, DataOptions options)
    {
        text.RefuseSplit();
        var (imagesPath, labelsPath) = text.Pair();
        using var labelFile = IdxFile.Open(labelsPath, 1);
        var images = IdxFile.Open(imagesPath, 3);
        try
        {
            if (images.Dims[0] != labelFile.Dims[0]) throw NpyDataset.CountMismatch(imagesPath, images.Dims[0], labelsPath, labelFile.Dims[0]);
            var labels = Array.ConvertAll(labelFile.Record(0, labelFile.Dims[0]).ToArray(), l => (int)l);
            return new IdxDataset(text, images, labels, LabelSet.Classes(labels, labelsPath, options), labelsPath);
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    public override void ReadPixels(int index, Span<byte> pixels) => _images.Record(index, Shape.Count).CopyTo(pixels);

    public override void Dispose()
    {
        _images.Dispose();
        base.Dispose();
    }
}
