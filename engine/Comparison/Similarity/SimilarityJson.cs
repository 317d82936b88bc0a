using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Comparison.Similarity;

/// <summary>A similarity map as JSON.</summary>
public static class SimilarityJson
{
    /// <summary>Writes the map's fields into an object that was begun. The distances [n][n] are left out unless wanted: they grow as the square of the points.</summary>
    public static void Write(SimilarityMap map, Utf8JsonWriter json, bool distances = false)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(json);
        WriteSettings(map, json);
        json.WriteStartArray("points");
        for (var i = 0; i < map.Points.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("model", map.Points[i].Model);
            json.WriteString("suite", map.Points[i].Suite);
            json.WriteNumber("x", map.Coordinates[2 * i]);
            json.WriteNumber("y", map.Coordinates[2 * i + 1]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTrees(map, json);
        if (distances) WriteDistances(map, json);
        json.WriteStartArray("notes");
        foreach (var note in map.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }

    /// <summary>Writes a table's fields into an object that was begun; what is not defined is null.</summary>
    public static void Write(CkaTable table, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("suite", table.Suite);
        json.WriteStartArray("models");
        foreach (var model in table.Models) json.WriteStringValue(model);
        json.WriteEndArray();
        json.WriteStartArray("values");
        for (var a = 0; a < table.Models.Count; a++)
        {
            json.WriteStartArray();
            for (var b = 0; b < table.Models.Count; b++)
                if (double.IsNaN(table[a, b])) json.WriteNullValue();
                else json.WriteNumberValue(table[a, b]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteSettings(SimilarityMap map, Utf8JsonWriter json)
    {
        var settings = map.Settings;
        json.WriteNumber("samples", map.Points[0].Samples);
        json.WriteString("scaling", settings.Vectors.Scaling == VectorScaling.Raw ? "raw" : "block-standardised");
        json.WriteStartArray("blocks");
        foreach (var block in map.Blocks)
        {
            json.WriteStartObject();
            json.WriteString("block", block.Block.ToString().ToLowerInvariant());
            json.WriteNumber("mean", block.Mean);
            json.WriteNumber("deviation", block.Deviation);
            json.WriteFinite("divisor", block.Divisor);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("layout", settings.Layout.ToString().ToLowerInvariant());
        if (settings.Layout == MapLayout.Umap)
        {
            json.WriteNumber("neighbours", settings.Umap.Neighbours);
            json.WriteNumber("min_distance", settings.Umap.MinDistance);
            json.WriteNumber("seed", settings.Umap.Seed);
        }

        json.WriteFinite("explained", map.Explained);
        json.WriteFinite("trustworthiness", map.Trustworthiness);
        json.WriteNumber("trustworthiness_neighbours", map.TrustNeighbours);
        json.WriteString("tree_space", settings.Trees.ToString().ToLowerInvariant());
    }

    private static void WriteTrees(SimilarityMap map, Utf8JsonWriter json)
    {
        json.WriteStartArray("trees");
        foreach (var tree in map.Trees)
        {
            json.WriteStartObject();
            json.WriteString("suite", tree.Suite);
            json.WriteStartArray("edges");
            foreach (var edge in tree.Edges)
            {
                json.WriteStartObject();
                json.WriteNumber("from", edge.I);
                json.WriteNumber("to", edge.J);
                json.WriteNumber("length", edge.Length);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("overlaps");
        foreach (var overlap in map.Overlaps)
        {
            json.WriteStartObject();
            json.WriteString("a", overlap.A);
            json.WriteString("b", overlap.B);
            json.WriteFinite("shared", overlap.Shared);
            json.WriteFinite("mean_distance", overlap.MeanDistance);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteDistances(SimilarityMap map, Utf8JsonWriter json)
    {
        json.WriteStartArray("distances");
        for (var i = 0; i < map.Points.Count; i++)
        {
            json.WriteStartArray();
            foreach (var distance in map.Distances.Row(i)) json.WriteNumberValue(distance);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
