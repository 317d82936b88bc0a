using System.Globalization;
using System.Runtime.InteropServices;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Bundles;

/// <summary>samples/&lt;suite&gt;/: labels, source indices, class names and groups.</summary>
internal static class SamplesFile
{
    internal const string Schema = "onnxaudit.samples/1";

    internal static readonly string[] Names = [BundleLayout.LabelsFile, BundleLayout.IndicesFile, BundleLayout.SamplesFile];

    internal static void Write(string folder, string suite, int[] labels, long[] indices, IReadOnlyList<string> classes, IReadOnlyList<RowGroup> groups)
    {
        string At(string file) => BundleLayout.In(folder, BundleLayout.Samples(suite, file));
        WriteColumn(At(BundleLayout.LabelsFile), ElementType.Int32, labels);
        WriteColumn(At(BundleLayout.IndicesFile), ElementType.Int64, indices);
        AtomicFile.WriteBytes(At(BundleLayout.SamplesFile), JsonText.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteStartArray("classes");
            foreach (var name in classes) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteStartArray("groups");
            foreach (var group in groups)
            {
                json.WriteStartObject();
                json.WriteString("name", group.Name);
                json.WritePropertyName("rows");
                json.WriteRawValue($"[{string.Join(',', group.Rows.Select(r => r.ToString(CultureInfo.InvariantCulture)))}]");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    /// <summary>Reads them; every row must be one of the <paramref name="dataset"/>'s.</summary>
    /// <exception cref="AuditException">Invalid: missing or damaged.</exception>
    internal static BundleSamples Read(string folder, DatasetEntry dataset)
    {
        string At(string file) => BundleLayout.In(folder, BundleLayout.Samples(dataset.Id, file));
        var labels = ColumnReader.ReadWhole(At(BundleLayout.LabelsFile), ElementType.Int32, [dataset.Count], null);
        var indices = ColumnReader.ReadWhole(At(BundleLayout.IndicesFile), ElementType.Int64, [dataset.Count], null);
        var path = At(BundleLayout.SamplesFile);
        var root = BundleJson.Parse(path, BundleJson.ReadBytes(path));
        if (root.RequiredText("schema") != Schema) throw root.Wrong("schema", $"'{root.RequiredText("schema")}'", $"'{Schema}'");
        var groups = root.Objects("groups").Select(g => new RowGroup(g.RequiredText("name"), ReadRows(g, dataset.Count))).ToArray();
        return new BundleSamples(labels.Span<int>().ToArray(), indices.Span<long>().ToArray(), root.Texts("classes"), groups);
    }

    private static int[] ReadRows(JsonFields group, int count)
    {
        var rows = group.Integers("rows", 0);
        if (rows.Any(r => r >= count)) throw group.Wrong("rows", FormattableString.Invariant($"{rows.Max()}"), FormattableString.Invariant($"rows below {count}"));
        return [.. rows.Select(r => (int)r)];
    }

    private static void WriteColumn<T>(string path, ElementType type, T[] values) where T : unmanaged => AtomicFile.Write(path, stream =>
    {
        using var frame = Lz4Frame.Compress(stream);
        frame.Write(NpyWriter.Header(type, values.Length));
        frame.Write(MemoryMarshal.AsBytes<T>(values));
    });
}
