using System.Globalization;
using OnnxAudit.Files;

namespace OnnxAudit.Data;

/// <summary>
/// Folders of corrupted test sets. CIFAR-10-C layout: CORRUPTION.npy with the severities 1, 2, … one after another, and labels.npy either as long
/// or as long as one severity. MNIST-C layout: CORRUPTION/test_images.npy and CORRUPTION/test_labels.npy, one severity.
/// Source: Hendrycks and Dietterich, arXiv:1903.12261; Mu and Gilmer, arXiv:1906.02337.
/// </summary>
internal static class SuiteFolder
{
    private const string SharedLabels = "labels.npy", OwnImages = "test_images.npy", OwnLabels = "test_labels.npy";
    private const int Severities = 5;

    /// <summary>The specs of every corruption and severity; the given split and range stay.</summary>
    public static IReadOnlyList<string> Expand(DataSpecText text)
    {
        var range = text.From is null && text.To is null ? "" : string.Create(CultureInfo.InvariantCulture, $"[{text.From}:{text.To}]");
        var specs = new List<string>();
        foreach (var name in text.Split is { } one ? [one] : Names(text))
        {
            var own = File.Exists(Path.Combine(text.Source, name, OwnImages));
            var severities = own ? [1] : text.Severity is { } s ? [s] : Enumerable.Range(1, Severities);
            foreach (var severity in severities) specs.Add(string.Create(CultureInfo.InvariantCulture, $"suite:{text.Source}#{name}{(own ? "" : "@" + severity)}{range}"));
        }

        return specs;
    }

    public static ImageDataset Open(DataSpecText text, DataOptions options)
    {
        if (text.Split is not { } name)
            throw text.Bad("no corruption", $"suite:DIR#CORRUPTION@SEVERITY with one of {string.Join(", ", Names(text).Take(30))}", "Name one corruption, or audit the whole suite.");
        var own = Path.Combine(text.Source, name, OwnImages);
        return File.Exists(own) ? OpenOwn(text, name, own, options) : OpenShared(text, name, options);
    }

    private static NpyDataset OpenOwn(DataSpecText text, string name, string imagesPath, DataOptions options)
    {
        if (text.Severity is > 1) throw text.Bad($"severity @{text.Severity}", "no severity: this layout has one", "Remove the part after '@'.");
        var labelsPath = Path.Combine(text.Source, name, OwnLabels);
        using var labelFile = NpyFile.Open(labelsPath);
        return Build(text, DataSpec.IdOf(FolderName(text), name), imagesPath, LabelSet.Read(labelFile), labelsPath, 0, null, options);
    }

    private static NpyDataset OpenShared(DataSpecText text, string name, DataOptions options)
    {
        var severity = text.Severity ?? throw text.Bad("no severity", FormattableString.Invariant($"#{name}@1 to #{name}@{Severities}"), "Name the severity after '@'.");
        if (severity is < 1 or > Severities) throw text.Bad(FormattableString.Invariant($"severity @{severity}"), FormattableString.Invariant($"@1 to @{Severities}"), "Correct the severity.");
        var imagesPath = Path.Combine(text.Source, name + ".npy");
        var labelsPath = Path.Combine(text.Source, SharedLabels);
        if (name + ".npy" == SharedLabels || !File.Exists(imagesPath))
            throw text.Bad($"corruption '{name}'", string.Join(", ", Names(text).Take(30)), "Name one of these after '#'.");
        using var labelFile = NpyFile.Open(labelsPath);
        var id = string.Create(CultureInfo.InvariantCulture, $"{DataSpec.IdOf(FolderName(text), name)}-{severity}");
        return Build(text, id, imagesPath, LabelSet.Read(labelFile), labelsPath, severity - 1, Severities, options);
    }

    /// <summary>Takes part <paramref name="part"/> of <paramref name="parts"/> equal parts (all when null); labels as long as the images or as one part.</summary>
    private static NpyDataset Build(DataSpecText text, string id, string imagesPath, int[] labels, string labelsPath, int part, int? parts, DataOptions options)
    {
        var images = NpyFile.Open(imagesPath);
        try
        {
            _ = NpyDataset.FormOf(images);
            var (total, count) = (images.Header.Dims[0], images.Header.Dims[0] / (parts ?? 1));
            if (count == 0 || count * (parts ?? 1) != total)
                throw DataFault.Length(imagesPath, FormattableString.Invariant($"{total} images"), FormattableString.Invariant($"a multiple of {parts} severities"));
            if (labels.Length != total && labels.Length != count) throw NpyDataset.CountMismatch(imagesPath, total, labelsPath, labels.Length);
            var first = part * count;
            var own = labels.Length == total ? labels.AsSpan((int)first, (int)count).ToArray() : labels;
            var classes = LabelSet.Classes(labels, labelsPath, options);
            return NpyDataset.Part(text.Text, id, images, first, own, classes, () => DigestOf(images, first, count, own));
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>Of this severity's pixels and labels only, so that the others need not be read.</summary>
    private static string DigestOf(NpyFile images, long first, long count, int[] labels)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        for (var i = first; i < first + count; i++) hash.AppendData(images.Record(i).Span);
        var pixels = Convert.ToHexStringLower(hash.GetHashAndReset());
        return DigestText.OfLines("suite", images.Header.Type.ToString(), images.Header.ShapeText, pixels,
            Digest.Of(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(labels)));
    }

    /// <summary>The corruptions a folder holds, in ordinal order.</summary>
    private static IReadOnlyList<string> Names(DataSpecText text)
    {
        try
        {
            var files = Directory.EnumerateFiles(text.Source, "*.npy").Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n + ".npy" != SharedLabels);
            var folders = Directory.EnumerateDirectories(text.Source).Where(d => File.Exists(Path.Combine(d, OwnImages))).Select(d => Path.GetFileName(d));
            string[] names = [.. files.Concat(folders).Order(StringComparer.Ordinal)];
            return names.Length > 0 ? names
                : throw new AuditException(AuditCode.Invalid, text.Source, "no corruption", "CORRUPTION.npy files or CORRUPTION/test_images.npy", "Give the folder of a suite in CIFAR-10-C or MNIST-C layout.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFault.Unreadable(text.Source, e);
        }
    }

    private static string FolderName(DataSpecText text) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(text.Source)));
}
