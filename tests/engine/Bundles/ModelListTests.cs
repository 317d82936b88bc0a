using OnnxAudit.Bundles;
using OnnxAudit.Compression;
using OnnxAudit.Reports;

namespace OnnxAudit.Tests.Bundles;

public sealed class ModelListTests : IDisposable
{
    // As the tool's own exporters write lists: parameters declared by name only or otherwise than used, null metrics, loaders.
    private const string Foreign = """
        { "models": [
            { "id": "dense", "tag": "Dense", "base": null, "operation": { "name": "train" }, "metrics": { "Top-1 Accuracy": 0.9, "Latency": 12.5 }, "loader": { "x": [] } },
            { "id": "p5", "base": "dense", "operation": { "name": "prune", "parameters": { "amount": 0.5, "scope": "global", "layers": ["a"], "no": null } }, "metrics": { "Top-1 Accuracy": 0.8, "Latency": null } },
            { "id": 7, "base": "elsewhere", "operation": "quantize" } ],
          "operations": [ { "name": "prune", "type": "x", "parameters": ["sparsity", "amount"] }, { "name": "calibrate", "parameters": { "n": { "type": "quantitative", "min": null } } }, "train" ],
          "metrics": [ { "name": "Top-1 Accuracy", "primary": true, "format": ".1%", "range": [0, 1] }, { "name": "Latency", "unit": "ms" } ],
          "more": 1 }
        """;

    private readonly TemporaryFolder _folder = new();

    public ModelListTests() => Directory.CreateDirectory(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ForeignList_IsReadLeniently()
    {
        var list = ModelList.Read(Written(Foreign));
        Assert.Equal([("dense", null, "train"), ("p5", "dense", "prune"), ("7", "elsewhere", "quantize")], list.Models.Select(m => (m.Id, m.Base, m.Operation)));
        Assert.Equal(["amount", "scope", "layers"], list.Models[1].Parameters.Select(p => p.Key));
        Assert.Equal([new KeyValuePair<string, double>("Top-1 Accuracy", 0.8)], list.Models[1].Metrics);
        var forest = list.Forest();
        Assert.Equal([("dense", ParentState.Recorded), ("elsewhere", ParentState.Missing)], forest.Roots.Select(r => (r.Name, r.State)));
        Assert.Equal(new LineageMetric("Top-1 Accuracy", 0.8, true, true, ""), Assert.Single(forest.Nodes[1].Metrics));
        Assert.Equal(new LineageMetric("Latency", 12.5, false, false, "ms"), forest.Nodes[0].Metrics[1]);
    }

    [Fact]
    public void List_ReadsBackAsItWasWritten()
    {
        var list = ModelList.Read(Written(Foreign));
        list.Save(_folder.In("once.json"), []);
        ModelList.Read(_folder.In("once.json")).Save(_folder.In("twice.json"), []);
        Assert.Equal(File.ReadAllText(_folder.In("once.json")), File.ReadAllText(_folder.In("twice.json")));
        var again = ModelList.Read(_folder.In("once.json"));
        Assert.Equal(list.Models.Select(m => (m.Id, m.Base, m.Tag, m.Operation)), again.Models.Select(m => (m.Id, m.Base, m.Tag, m.Operation)));
        Assert.Equal(list.Models.SelectMany(m => m.Metrics), again.Models.SelectMany(m => m.Metrics));
        Assert.Equal(["prune", "calibrate", "train", "quantize"], again.Operations.Select(o => o.Name));
        Assert.Equal(".1%", again.Metrics[0].Json!.Value.GetProperty("format").GetString());
    }

    [Fact]
    public void ForestsList_KeepsAllParents_AndNumbersAsNumbers()
    {
        var recipe = new Recipe("prune", [new("amount", "0.5"), new("seed", "007"), new("data", "a \"b\"")], [new("base", "1", "a.onnx"), new("mask source", "9", "m.onnx")], "2");
        var list = ModelList.Of(LineageForest.Of([new LineageFile("x/a.onnx", "1", null, 0.25), new LineageFile("x/b.onnx", "2", recipe)]));
        list.Save(_folder.In("list.json"), []);
        var read = ModelList.Read(_folder.In("list.json"));
        Assert.Equal(["a", "b"], read.Models.Select(m => m.Id));
        Assert.Equal(["0.5", "\"007\""], read.Models[1].Parameters.Take(2).Select(p => p.Value.GetRawText()));
        Assert.Equal("a \"b\"", read.Models[1].Parameters[2].Value.GetString());
        Assert.Equal(recipe.Parents, read.Models[1].Parents);
        Assert.Equal(0.25, Assert.Single(read.Models[0].Metrics).Value);
        var made = read.Forest().Nodes[1];
        Assert.Equal(("a", "mask source", "2"), (made.Parent!.Name, Assert.Single(made.OtherLinks).Parent.Role, made.ToolVersion));
    }

    [Fact]
    public void AbsentParent_KeepsItsDigest_ThroughAList()
    {
        var recipe = new Recipe("prune", [], [new("base", "abc", "a.onnx")], "2");
        ModelList.Of(LineageForest.Of([new LineageFile("b.onnx", "2", recipe)])).Save(_folder.In("list.json"), []);
        var list = ModelList.Read(_folder.In("list.json"));
        Assert.Null(Assert.Single(list.Models).Base);
        var root = Assert.Single(list.Forest().Roots);
        Assert.Equal(("a.onnx", "abc", ParentState.Missing), (root.Name, root.Sha256, root.State));
    }

    [Fact]
    public void Save_RefusesToReplaceAnInput()
    {
        var path = Written(Foreign);
        Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => ModelList.Read(path).Save(path, [path])).Code);
        Assert.Equal(Foreign, File.ReadAllText(path));
    }

    [Fact]
    public void BundlesOwnList_IsRead()
    {
        new SmallBundle { Suites = ["clean"] }.Run(_folder.In("bundle"));
        var list = ModelList.Read(_folder.In("bundle/models.json"));
        var forest = list.Forest();
        Assert.Equal(list.Models.Count, forest.Nodes.Count);
        Assert.Contains(forest.Nodes, n => n.Parent?.Name == "dense" && n.Metrics.Any(m => m is { Name: "accuracy", IsPrimary: true, IsFraction: true }));
    }

    [Theory]
    [InlineData("", "well-formed")]
    [InlineData("[]", "an object")]
    [InlineData("{}", "a list of models")]
    [InlineData("""{ "models": {} }""", "a list of models")]
    [InlineData("""{ "models": [1] }""", "models[0]")]
    [InlineData("""{ "models": [ {} ] }""", "models[0], id")]
    [InlineData("""{ "models": [ { "id": "" } ] }""", "an empty text")]
    [InlineData("""{ "models": [ { "id": ["a"] } ] }""", "models[0], id")]
    [InlineData("""{ "models": [ { "id": "a" }, { "id": "a" } ] }""", "id 'a' 2 times")]
    [InlineData("""{ "models": [ { "id": "a", "base": {} } ] }""", "models[0], base")]
    [InlineData("""{ "models": [ { "id": "a", "operation": {} } ] }""", "operation, name")]
    [InlineData("""{ "models": [ { "id": "a", "operation": { "name": "p", "parameters": 3 } } ] }""", "parameters")]
    [InlineData("""{ "models": [ { "id": "a", "metrics": { "m": "0.5" } } ] }""", "a finite number")]
    [InlineData("""{ "models": [ { "id": "a", "metrics": [] } ] }""", "metrics")]
    [InlineData("""{ "models": [ { "id": "a", "parents": [ { "role": "base" } ] } ] }""", "sha256")]
    [InlineData("""{ "models": [], "operations": [ { "type": "x" } ] }""", "operations[0], name")]
    [InlineData("""{ "models": [ { "id": "a", "base": "b" }, { "id": "b", "base": "a" } ] }""", "a ring")]
    [InlineData("""{ "models": [ { "id": "a", "base": "a" } ] }""", "a ring")]
    public void MalformedList_IsRefused_AndThePlaceNamed(string json, string told)
    {
        var error = Assert.Throws<AuditException>(() => ModelList.Read(Written(json)).Forest());
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeepLineage_NeedsNoDeepStack()
    {
        var models = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $$"""{"id":"{{i}}","base":{{(i == 0 ? "null" : $"\"{i - 1}\"")}}}"""));
        var forest = ModelList.Read(Written($$"""{"models":[{{models}}]}""")).Forest();
        Assert.Equal("0", Assert.Single(forest.Roots).Name);
        using var text = new StringWriter();
        LineageText.Write(forest, new TextPage(text, 80, styled: false));
        Assert.All(text.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    private string Written(string json)
    {
        var path = _folder.In("models.json");
        File.WriteAllText(path, json);
        return path;
    }
}
