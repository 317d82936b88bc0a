using System.Buffers;
using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Families;

/// <summary>What decides a variant, as one digest: a file made under the same key need not be made again.</summary>
internal static class FamilyKey
{
    /// <summary>The key of a variant whose sources are there.</summary>
    /// <param name="plan">The plan it is of.</param>
    /// <param name="variant">The variant.</param>
    /// <param name="shaOf">Digest of a model of the family.</param>
    public static string Of(FamilyPlan plan, FamilyVariant variant, Func<string, string> shaOf)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("operation", variant.Operation.Name);
            json.WriteString("parent", shaOf(variant.Parent));
            json.WriteString("parent file", variant.Parent);
            json.WritePropertyName("arguments");
            variant.Arguments.WriteTo(json);
            foreach (var (name, model) in variant.Given(ParameterKind.Model)) json.WriteString($"model {name}", shaOf(model));
            foreach (var (name, file) in variant.Given(ParameterKind.File)) json.WriteString($"file {name}", Digest.OfFile(plan.Recipe.Full(file)));
            foreach (var (name, spec) in variant.Given(ParameterKind.Data)) json.WriteString($"data {name}", plan.DataDigests[spec]);
            json.WriteNumber("threads", plan.Means.Threads);
            json.WriteString("runtime", plan.Means.Runtime.Version);
            json.WriteString("program", plan.Means.ToolVersion);
            json.WriteEndObject();
        }

        return Digest.Of(buffer.WrittenSpan);
    }
}
