using OnnxAudit.Cli;
using OnnxAudit.Families;
using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;

namespace OnnxAudit.Tests.Families;

/// <summary>Recipes of the shipped model in a folder of their own.</summary>
internal sealed class FamilyFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FamilyFixture()
    {
        Directory.CreateDirectory(_folder.Path);
        foreach (var name in new[] { "shapes_cnn.onnx", "shapes_cnn.json" }) File.Copy(Path.Combine(SourceTree.Root, "models", name), _folder.In(name));
    }

    public static OperationMeans Means { get; } = new(RuntimeLibrary.Loaded, 1, TimeProvider.System, "1.2.3");

    public string In(string name) => _folder.In(name);

    public void Dispose() => _folder.Dispose();

    /// <summary>A recipe of these variants; 'head' is what stands before them.</summary>
    public FamilyRecipe Recipe(string variants, string head = "data: synthetic:shapes#train[0:40]", FamilyData? given = null) =>
        FamilyFile.Read(YamlJson.Convert($"family: shapes\nmodels: {{ dense: shapes_cnn.onnx }}\n{head}\nvariants:\n{variants}", "family.yaml"), "family.yaml", _folder.Path, given);

    public FamilyPlan Plan(string variants, string folder = "out", string head = "data: synthetic:shapes#train[0:40]") => FamilyPlan.Of(Recipe(variants, head), In(folder), Means);

    /// <summary>Every file below a folder, and its bytes' digest.</summary>
    public SortedDictionary<string, string> Files(string folder) => new(
        Directory.EnumerateFiles(In(folder), "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(In(folder), f), OnnxAudit.Files.Digest.OfFile), StringComparer.Ordinal);
}
