using System.Text.Json;

namespace OnnxAudit.Reports;

/// <summary>A model summary as JSON for machines.</summary>
public static class ModelSummaryJson
{
    /// <summary>Name of the format and its version.</summary>
    public const string Schema = "onnxaudit.inspect/1";

    /// <summary>Writes the fields into an object that was begun.</summary>
    public static void Write(ModelSummary s, Utf8JsonWriter json)
    {
        json.WriteString("file", s.Path);
        json.WriteNumber("bytes", s.Bytes);
        json.WriteNumber("ir_version", s.Model.IrVersion);
        Object(json, "opsets", s.Model.Opsets, (name, v) => json.WriteNumber(name.Length == 0 ? "ai.onnx" : name, v));
        json.WriteString("producer", $"{s.Model.ProducerName} {s.Model.ProducerVersion}".Trim());
        Values(json, "inputs", s.Inputs);
        Values(json, "outputs", s.Model.Graph.Outputs);
        Object(json, "operators", s.Operators, (name, n) => json.WriteNumber(name, n));
        WriteHead(s, json);
        json.WriteNumber("parameters", s.Sparsity.Parameters.Count);
        json.WriteNumber("parameters_prunable", s.Sparsity.Prunable.Count);
        json.WriteNumber("sparsity", s.Sparsity.Prunable.Sparsity);
        json.WriteNumber("sparsity_overall", s.Sparsity.Parameters.Sparsity);
        json.WriteStartArray("quantisation");
        foreach (var line in s.Quantisation) json.WriteStringValue(line);
        json.WriteEndArray();
        json.WriteStartArray("gradient_obstacles");
        foreach (var obstacle in s.Gradients.Obstacles) json.WriteStringValue(obstacle);
        json.WriteEndArray();
        json.WritePropertyName("recipe");
        if (s.Recipe is { } recipe) recipe.Write(json);
        else json.WriteNullValue();
        json.WriteStartArray("layers");
        foreach (var layer in s.Layers) WriteLayer(layer, json);
        json.WriteEndArray();
    }

    private static void WriteHead(ModelSummary s, Utf8JsonWriter json)
    {
        json.WritePropertyName("head");
        if (s.Head.Head is { } head)
        {
            json.WriteStartObject();
            json.WriteString("kind", head.Kind);
            json.WriteString("node", head.Node.Name);
            json.WriteNumber("classes", head.ClassCount);
            json.WriteNumber("features", head.FeatureCount);
            json.WriteBoolean("bias", head.Bias is not null);
            json.WriteString("features_value", head.Features);
            json.WriteString("logits_value", head.Logits);
            json.WriteBoolean("scores_are_probabilities", head.ScoresAreProbabilities);
            json.WriteEndObject();
        }
        else json.WriteNullValue();

        json.WriteStartArray("head_attempts");
        foreach (var attempt in s.Head.Attempts)
        {
            json.WriteStartObject();
            json.WriteString("output", attempt.Output);
            json.WriteString("place", attempt.Place);
            json.WriteString("outcome", attempt.Outcome);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLayer(LayerWeight layer, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("node", layer.Node);
        json.WriteString("op", layer.OpType);
        json.WriteString("tensor", layer.Tensor);
        json.WriteString("type", layer.Type.ToString());
        json.WriteStartArray("shape");
        foreach (var dim in layer.Shape) json.WriteNumberValue(dim);
        json.WriteEndArray();
        json.WriteNumber("weights", layer.Count);
        if (layer.Zeros is { } zeros) json.WriteNumber("zeros", zeros);
        else json.WriteNull("zeros");
        json.WriteEndObject();
    }

    private static void Values(Utf8JsonWriter json, string name, IEnumerable<Graphs.Value> values) =>
        Object(json, name, values.Select(v => KeyValuePair.Create(v.Name, v.Type?.ToString() ?? "")), (key, type) => json.WriteString(key, type));

    private static void Object<T>(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, T>> fields, Action<string, T> write)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in fields) write(key, value);
        json.WriteEndObject();
    }
}
