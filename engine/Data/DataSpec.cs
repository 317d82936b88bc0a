using System.Globalization;
using System.Text;

namespace OnnxAudit.Data;

/// <summary>
/// Opens datasets by their DATA SPEC: cifar10:DIR, cifar100:DIR, idx:IMAGES,LABELS, npy:IMAGES,LABELS, suite:DIR, folder:DIR,
/// synthetic:shapes; then optionally #SPLIT and a range, as in cifar10:DIR#test[0:2000].
/// </summary>
public static class DataSpec
{
    internal const string KindsHint = "Use cifar10:DIR, cifar100:DIR, idx:IMAGES,LABELS, npy:IMAGES,LABELS, suite:DIR, folder:DIR or synthetic:shapes.";

    /// <summary>Opens the dataset that <paramref name="spec"/> names. Dispose it when done.</summary>
    /// <exception cref="AuditException">Usage: not a DATA SPEC. Invalid: the data is missing or damaged; names file and record.
    /// Environment: an image library is missing.</exception>
    public static ImageDataset Open(string spec, DataOptions options)
    {
        var text = DataSpecText.Parse(spec);
        var dataset = Source(text, options);
        try
        {
            if (options.Preprocessing is { } p && (p.Resize ?? p.Crop) is not null && text.Kind != "folder" && dataset.Encoding == SampleEncoding.Pixels)
                dataset = new FittedDataset(dataset, p);
            if (text.From is not null || text.To is not null) dataset = new DatasetRange(dataset, text);
            if (options.ClassCount is { } classes) CheckLabels(dataset, classes);
            return dataset;
        }
        catch
        {
            dataset.Dispose();
            throw;
        }
    }

    /// <summary>The specs of single datasets that <paramref name="spec"/> stands for: every corruption and severity of a suite:DIR, else itself.</summary>
    /// <exception cref="AuditException">Usage or Invalid: as <see cref="Open"/>.</exception>
    public static IReadOnlyList<string> Expand(string spec)
    {
        var text = DataSpecText.Parse(spec);
        return text.Kind == "suite" ? SuiteFolder.Expand(text) : [spec];
    }

    /// <summary>Corruption and severity of a published suite's member (severity 1 where its layout has but one); null for other data.</summary>
    /// <exception cref="AuditException">Usage: not a DATA SPEC.</exception>
    public static (string Name, int Severity)? CorruptionOf(string spec) =>
        DataSpecText.Parse(spec) is { Kind: "suite", Split: { } name } text ? (name, text.Severity ?? 1) : null;

    /// <summary>Turns words into an id of letters, digits, '.', '_' and '-'.</summary>
    internal static string IdOf(params ReadOnlySpan<string> words)
    {
        var id = new StringBuilder();
        foreach (var word in words)
        {
            if (id.Length > 0) id.Append('-');
            foreach (var c in word) id.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_');
        }

        var text = id.ToString().Trim('.', '-');
        return text.Length > 0 ? text : "data";
    }

    /// <summary>"0", "1", … as class names.</summary>
    internal static IReadOnlyList<string> Numbers(int classes) => [.. Enumerable.Range(0, classes).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    private static ImageDataset Source(DataSpecText text, DataOptions options) => text.Kind switch
    {
        "cifar10" => CifarDataset.Open(text, CifarFormat.Cifar10),
        "cifar100" => CifarDataset.Open(text, CifarFormat.Cifar100),
        "idx" => IdxDataset.Open(text, options),
        "npy" => NpyDataset.Open(text, options),
        "suite" => SuiteFolder.Open(text, options),
        "folder" => FolderDataset.Open(text, options),
        "synthetic" => ShapesDataset.Open(text),
        _ => throw text.Bad($"kind '{text.Kind}'", "a known kind of data", KindsHint),
    };

    private static void CheckLabels(ImageDataset dataset, int classes)
    {
        var labels = dataset.Labels.Span;
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= classes) throw DataFault.Label(dataset.Spec, dataset.SourceIndices.Span[i], labels[i], classes);
        }
    }
}
