using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Corruptions;

/// <summary>What a suite is made of; the same settings give the same files.</summary>
/// <param name="Corruptions">What is done, a file each.</param>
/// <param name="Seed">Of everything random.</param>
/// <param name="Profile">Whose constants; null goes by the images' shape.</param>
/// <param name="Options">Departures from the published code.</param>
public sealed record SuiteSettings(IReadOnlyList<Corruption> Corruptions, ulong Seed, CorruptionProfile? Profile, CorruptionOptions Options);

/// <summary>How far a suite is.</summary>
/// <param name="Corruption">The file being written.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Count">Files in all.</param>
/// <param name="Done">Images of this file done.</param>
/// <param name="Total">Images of this file.</param>
public readonly record struct SuiteProgress(string Corruption, int Number, int Count, int Done, int Total);

/// <summary>
/// Writes a dataset's corrupted images in the layout of CIFAR-10-C, which other tools read: CORRUPTION.npy, uint8 [5·N,H,W,C], severities 1 to 5 one after
/// another, and labels.npy, int64 [5·N]; suite.json says how they were made. Memory does not grow with the dataset. Source: arXiv:1903.12261.
/// </summary>
public static class CorruptedSuite
{
    /// <summary>Name of the labels' file.</summary>
    public const string Labels = "labels.npy";

    private const int Block = 256;

    /// <summary>Writes the files that <paramref name="folder"/> does not hold yet; a file counts once suite.json has its digest. Returns name and digest of every file.</summary>
    /// <param name="source">The images; bytes.</param>
    /// <param name="settings">What to make of them.</param>
    /// <param name="folder">Made when missing.</param>
    /// <param name="threads">Threads that share the images; the bytes do not depend on it.</param>
    /// <param name="resume">Keep the finished files of an interrupted run with the same settings.</param>
    /// <param name="progress">Told after every block of images.</param>
    /// <param name="cancellation">Stops; finished files are kept.</param>
    /// <exception cref="AuditException">Usage: the folder holds files of other settings. Invalid: the images. Environment: the folder cannot be written.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Write(ImageDataset source, SuiteSettings settings, string folder, int threads, bool resume, IProgress<SuiteProgress>? progress, CancellationToken cancellation)
    {
        var profile = settings.Profile ?? CorruptionProfiles.For(source.Shape, source.Spec);
        var record = SuiteRecord.Open(folder, source, settings, profile, resume);
        if (!record.Has(Labels))
        {
            long[] labels = [.. Enumerable.Range(0, Corruption.Severities).SelectMany(_ => source.Labels.ToArray().Select(l => (long)l))];
            NpyWriter.Write<long>(Path.Combine(folder, Labels), ElementType.Int64, [labels.Length], labels);
            record.Add(Labels);
        }

        for (var i = 0; i < settings.Corruptions.Count; i++)
        {
            var (corruption, number) = (settings.Corruptions[i], i + 1);
            var file = FileOf(corruption);
            if (record.Has(file)) continue;
            AtomicFile.Write(Path.Combine(folder, file), stream => WriteImages(stream, source, corruption, settings with { Profile = profile }, threads,
                (done, total) => progress?.Report(new SuiteProgress(corruption.Name, number, settings.Corruptions.Count, done, total)), cancellation));
            record.Add(file);
        }

        return record.Files;
    }

    internal static string FileOf(Corruption corruption) => corruption.Name + ".npy";

    private static void WriteImages(Stream stream, ImageDataset source, Corruption corruption, SuiteSettings settings, int threads, Action<int, int> progress, CancellationToken cancellation)
    {
        var (shape, total) = (source.Shape, Corruption.Severities * source.Count);
        stream.Write(NpyWriter.Header(ElementType.UInt8, total, shape.Height, shape.Width, shape.Channels));
        var block = new byte[Block * shape.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        for (var severity = 1; severity <= Corruption.Severities; severity++)
        {
            var images = CorruptedDataset.Over(source, corruption, severity, settings.Seed, settings.Profile, settings.Options);
            for (var first = 0; first < source.Count; first += Block)
            {
                var (start, rows) = (first, Math.Min(Block, source.Count - first));
                Parallel.For(0, rows, parallel, i => images.ReadPixels(start + i, block.AsSpan(i * shape.Count, shape.Count)));
                stream.Write(block, 0, rows * shape.Count);
                progress((severity - 1) * source.Count + first + rows, total);
            }
        }
    }
}
