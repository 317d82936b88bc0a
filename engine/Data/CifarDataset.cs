using System.Runtime.InteropServices;
using OnnxAudit.Files;

namespace OnnxAudit.Data;

/// <summary>What sets one CIFAR binary format apart. Source: Krizhevsky, "Learning multiple layers of features", dataset page.</summary>
/// <param name="Kind">Kind in a DATA SPEC.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="LabelBytes">Label bytes of a record.</param>
/// <param name="LabelAt">Which of them is the class.</param>
/// <param name="Train">Files of the train split; any subset may be there.</param>
/// <param name="Test">File of the test split.</param>
/// <param name="Names">File of class names, one a line; optional.</param>
internal sealed record CifarFormat(string Kind, int Classes, int LabelBytes, int LabelAt, string[] Train, string Test, string Names)
{
    public static readonly CifarFormat Cifar10 = new("cifar10", 10, 1, 0,
        ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"], "test_batch.bin", "batches.meta.txt");

    public static readonly CifarFormat Cifar100 = new("cifar100", 100, 2, 1, ["train.bin"], "test.bin", "fine_label_names.txt");
}

/// <summary>CIFAR-10 or CIFAR-100 binary files: per record the label bytes, then 1024 bytes each of red, green and blue, row by row.</summary>
internal sealed class CifarDataset : ImageDataset
{
    private const int Plane = 32 * 32;
    private const int LongestNames = 1 << 20;

    private readonly CifarFormat _format;
    private readonly List<MappedFile> _files = [];
    private readonly List<int> _starts = [];
    private readonly Lazy<string> _digest;
    private int[] _labels = [];
    private long[] _indices = [];

    private CifarDataset(DataSpecText text, CifarFormat format, string split)
    {
        (_format, Spec, Id) = (format, text.Text, DataSpec.IdOf(format.Kind, split));
        _digest = new Lazy<string>(() => DigestText.OfFiles(_files.Select(f => f.FilePath), format.Kind));
    }

    public override string Spec { get; }

    public override string Id { get; }

    public override ImageShape Shape => new(3, 32, 32);

    public override SampleEncoding Encoding => SampleEncoding.Pixels;

    public override ReadOnlyMemory<int> Labels => _labels;

    public override ReadOnlyMemory<long> SourceIndices => _indices;

    public override IReadOnlyList<string> Classes { get; } = new List<string>();

    public override string Digest => _digest.Value;

    private int RecordLength => _format.LabelBytes + 3 * Plane;

    public static CifarDataset Open(DataSpecText text, CifarFormat format)
    {
        var split = text.SplitAmong("test", "train");
        var paths = split == "test" ? [Path.Combine(text.Source, format.Test)]
            : format.Train.Select(f => Path.Combine(text.Source, f)).Where(File.Exists).ToArray();
        if (paths.Length == 0)
            throw new AuditException(AuditCode.Invalid, text.Source, "no train files", string.Join(", ", format.Train),
                $"Give the folder of the binary version of {format.Kind.ToUpperInvariant()}.");
        var dataset = new CifarDataset(text, format, split);
        try
        {
            foreach (var path in paths) dataset.Add(path);
            ((List<string>)dataset.Classes).AddRange(dataset.ReadNames(Path.Combine(text.Source, format.Names)));
            return dataset;
        }
        catch
        {
            dataset.Dispose();
            throw;
        }
    }

    public override void ReadPixels(int index, Span<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var file = _starts.Count - 1;
        while (_starts[file] > index) file--;
        var record = _files[file].Slice((long)(index - _starts[file]) * RecordLength + _format.LabelBytes, 3 * Plane).Span;
        var red = record[..Plane];
        var green = record.Slice(Plane, Plane);
        var blue = record.Slice(2 * Plane, Plane);
        var triples = MemoryMarshal.Cast<byte, Rgb>(pixels[..(3 * Plane)]);
        for (var i = 0; i < triples.Length && i < red.Length && i < green.Length && i < blue.Length; i++) triples[i] = new Rgb(red[i], green[i], blue[i]);
    }

    public override void Dispose()
    {
        foreach (var file in _files) file.Dispose();
        base.Dispose();
    }

    private void Add(string path)
    {
        var file = MappedFile.Open(path);
        _files.Add(file);
        if (file.Length == 0) throw DataFault.Empty(path);
        var (records, left) = Math.DivRem(file.Length, RecordLength);
        if (left != 0)
            throw DataFault.Length(FormattableString.Invariant($"{path}, record {records}"), FormattableString.Invariant($"{left} bytes"),
                FormattableString.Invariant($"{RecordLength} bytes"));
        if (records > (Array.MaxLength - _labels.Length) / 16) throw DataFault.Length(path, FormattableString.Invariant($"{records} records"), "a CIFAR file");
        var start = _labels.Length;
        _starts.Add(start);
        Array.Resize(ref _labels, start + (int)records);
        Array.Resize(ref _indices, start + (int)records);
        for (var i = 0; i < (int)records; i++)
        {
            var label = file.Slice((long)i * RecordLength + _format.LabelAt, 1).Span[0];
            if (label >= _format.Classes) throw DataFault.Label(path, i, label, _format.Classes);
            (_labels[start + i], _indices[start + i]) = (label, start + i);
        }
    }

    private IReadOnlyList<string> ReadNames(string path)
    {
        if (!File.Exists(path)) return DataSpec.Numbers(_format.Classes);
        var names = DataFault.ReadText(path, LongestNames).Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).ToArray();
        return names.Length == _format.Classes ? names
            : throw new AuditException(AuditCode.Invalid, path, FormattableString.Invariant($"{names.Length} class names"),
                FormattableString.Invariant($"{_format.Classes}, one a line"), "Mend the file or remove it.");
    }

    private readonly record struct Rgb(byte Red, byte Green, byte Blue);
}
