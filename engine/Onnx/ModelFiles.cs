using System.Text;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Onnx;

/// <summary>The files a model is made of: the ONNX file and its external data.</summary>
public static class ModelFiles
{
    /// <summary>The ONNX file, then each external data file that one of its tensors names, in ordinal order, as (name relative to the model's folder, path).</summary>
    public static IReadOnlyList<(string Name, string Path)> Of(Model model, string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var locations = new SortedSet<string>(Locations(model.Graph), StringComparer.Ordinal);
        return [(Path.GetFileName(path), path), .. locations.Select(l => (l, Path.Combine(folder, l)))];
    }

    /// <summary>
    /// SHA-256 (hex) of everything that decides the model: of the ONNX file's bytes when it stands alone; else of the lines
    /// "sha256  name\n" of all its files, as sha256sum prints them.
    /// </summary>
    public static string DigestOf(Model model, string path)
    {
        var files = Of(model, path);
        if (files.Count == 1) return Digest.OfFile(path);
        return Digest.Of(Encoding.UTF8.GetBytes(string.Concat(files.Select(f => $"{Digest.OfFile(f.Path)}  {f.Name}\n"))));
    }

    /// <summary>Bytes of all the files.</summary>
    public static long BytesOf(Model model, string path) => Of(model, path).Sum(f => new FileInfo(f.Path).Length);

    private static IEnumerable<string> Locations(Graph graph) =>
        graph.Initializers.Select(v => (v.Initializer!.Storage as TensorStorage)?.Location).OfType<string>().Concat(GraphRules.Subgraphs(graph).SelectMany(Locations));
}
