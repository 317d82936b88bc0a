using System.Text.Json;
using OnnxAudit.Comparison.Embedding;
using OnnxAudit.Comparison.Similarity;
using OnnxAudit.Files;

namespace OnnxAudit.Tests.Comparison.Similarity;

/// <summary>The map as a whole.</summary>
public class SimilarityMapTests
{
    private static readonly GeometryPoint[] Small = Points.Of(8, 5, 300);

    [Fact]
    public void Map_HasAPlaceForEveryPoint_ATreePerSuite_AndAnOverlapPerPair()
    {
        var map = SimilarityMap.Of(Small, new SimilaritySettings { Umap = new UmapSettings { Seed = 3 } });
        Assert.Equal(2 * 40, map.Coordinates.Count);
        Assert.Equal(["suite0", "suite1", "suite2", "suite3", "suite4"], map.Trees.Select(t => t.Suite));
        Assert.All(map.Trees, t => Assert.Equal(7, t.Edges.Count));
        Assert.All(map.Trees, t => Assert.All(t.Edges, e => Assert.Equal(t.Suite, map.Points[e.I].Suite)));
        Assert.Equal(10, map.Overlaps.Count);
        Assert.All(map.Overlaps, o => Assert.InRange(o.Shared, 0, 1));
        Assert.True(map.Trustworthiness > 0.9, $"{map.Trustworthiness}");
    }

    [Fact]
    public void Trees_LieWhereTheSettingsSay()
    {
        var settings = new SimilaritySettings { Layout = MapLayout.Mds, Trees = TreeSpace.Vectors };
        var map = SimilarityMap.Of(Small, settings);
        Assert.All(map.Trees.SelectMany(t => t.Edges), e => Assert.Equal(map.Distances[e.I, e.J], e.Length));
        var flat = SimilarityMap.Of(Small, settings with { Trees = TreeSpace.Layout });
        Assert.All(flat.Trees.SelectMany(t => t.Edges), e =>
            Assert.Equal(Math.Sqrt(Math.Pow(flat.Coordinates[2 * e.I] - flat.Coordinates[2 * e.J], 2) + Math.Pow(flat.Coordinates[2 * e.I + 1] - flat.Coordinates[2 * e.J + 1], 2)), e.Length, 1e-12));
        Assert.InRange(map.Explained, 0.1, 1);
    }

    [Fact]
    public void EqualSettings_GiveEqualBytes_OnAnyThreads()
    {
        static byte[] Json(int threads) => JsonText.Write(json =>
        {
            json.WriteStartObject();
            SimilarityJson.Write(SimilarityMap.Of(Small, new SimilaritySettings { Vectors = new VectorSettings { Threads = threads } }), json, distances: true);
            json.WriteEndObject();
        });
        Assert.Equal(Json(1), Json(3));
    }

    [Fact]
    public void Json_SaysWhatTheMapSays()
    {
        var map = SimilarityMap.Of(Small, new SimilaritySettings { Vectors = new VectorSettings { Scaling = VectorScaling.BlockStandardised } });
        using var document = JsonDocument.Parse(JsonText.Write(json =>
        {
            json.WriteStartObject();
            SimilarityJson.Write(map, json, distances: true);
            json.WriteEndObject();
        }));
        var root = document.RootElement;
        Assert.Equal("block-standardised", root.GetProperty("scaling").GetString());
        Assert.Equal(map.Blocks[2].Divisor, root.GetProperty("blocks")[2].GetProperty("divisor").GetDouble());
        Assert.Equal(map.Coordinates[2 * 11 + 1], root.GetProperty("points")[11].GetProperty("y").GetDouble());
        Assert.Equal("model3", root.GetProperty("points")[11].GetProperty("model").GetString());
        Assert.Equal(map.Trees[4].Edges[6].Length, root.GetProperty("trees")[4].GetProperty("edges")[6].GetProperty("length").GetDouble());
        Assert.Equal(map.Overlaps[9].Shared, root.GetProperty("overlaps")[9].GetProperty("shared").GetDouble());
        Assert.Equal(map.Distances[3, 39], root.GetProperty("distances")[3][39].GetDouble());
        Assert.Equal(0, root.GetProperty("seed").GetInt32());
    }

    [Fact]
    public void APointTwice_IsRefused()
    {
        var error = Assert.Throws<AuditException>(() => SimilarityMap.Of([Small[0], Small[0]], new SimilaritySettings()));
        Assert.Equal("similarity map: found model0 on suite0 twice; expected a model once a suite. Give every model a name of its own.", error.Message);
    }

    [Fact]
    public void NoPoint_IsRefused() => Assert.Equal(AuditCode.Usage, Assert.Throws<AuditException>(() => SimilarityMap.Of([], new SimilaritySettings())).Code);
}
