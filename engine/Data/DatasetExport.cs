using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Data;

/// <summary>Writes a dataset as arrays other tools read: images.npy, labels.npy (int64 [N]) and classes.txt (a name per line).</summary>
public static class DatasetExport
{
    /// <summary>Name of the images' file: uint8 [N,H,W,C], or float32 [N,C,H,W] where the dataset holds floats.</summary>
    public const string Images = "images.npy";

    /// <summary>Name of the labels' file.</summary>
    public const string Labels = "labels.npy";

    /// <summary>Name of the class names' file.</summary>
    public const string Classes = "classes.txt";

    /// <summary>Writes the three files into <paramref name="folder"/>, made when missing; memory does not grow with the dataset.</summary>
    /// <exception cref="AuditException">Environment: the folder cannot be written. Invalid: a record is damaged.</exception>
    public static void Write(ImageDataset dataset, string folder, CancellationToken cancel = default)
    {
        AtomicFile.Write(Path.Combine(folder, Images), stream => WriteImages(dataset, stream, cancel));
        long[] labels = [.. dataset.Labels.Span.ToArray().Select(l => (long)l)];
        NpyWriter.Write<long>(Path.Combine(folder, Labels), ElementType.Int64, [labels.Length], labels);
        AtomicFile.WriteText(Path.Combine(folder, Classes), string.Concat(dataset.Classes.Select(c => c + "\n")));
    }

    private static void WriteImages(ImageDataset dataset, Stream stream, CancellationToken cancel)
    {
        var (n, shape) = ((long)dataset.Count, dataset.Shape);
        if (dataset.Encoding == SampleEncoding.Floats)
        {
            stream.Write(NpyWriter.Header(ElementType.Float, n, shape.Channels, shape.Height, shape.Width));
            var values = new float[shape.Count];
            for (var i = 0; i < dataset.Count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                dataset.ReadFloats(i, values);
                stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values));
            }

            return;
        }

        stream.Write(NpyWriter.Header(ElementType.UInt8, n, shape.Height, shape.Width, shape.Channels));
        var pixels = new byte[shape.Count];
        for (var i = 0; i < dataset.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            dataset.ReadPixels(i, pixels);
            stream.Write(pixels);
        }
    }
}
