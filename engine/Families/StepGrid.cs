using System.Buffers;
using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Families;

/// <summary>One choice of every value of a step.</summary>
/// <param name="Values">Parameters in the step's order, then those that the family gives.</param>
/// <param name="Axes">Names of the parameters that vary in this step's grid.</param>
internal sealed record StepPoint(IReadOnlyList<KeyValuePair<string, JsonElement>> Values, IReadOnlyList<string> Axes)
{
    /// <summary>The values as an object, in the operation's order.</summary>
    public JsonElement Arguments(Operation operation)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var parameter in operation.Parameters)
            {
                if (Values.FirstOrDefault(v => v.Key == parameter.Name) is not { Key: not null, Value: var value }) continue;
                json.WritePropertyName(parameter.Name);
                value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}

/// <summary>From a step with lists to its points: every value of every list with every other, the last list varying first.</summary>
internal static class StepGrid
{
    /// <summary>The points; one when nothing is a grid.</summary>
    /// <param name="operation">Whose parameters they are.</param>
    /// <param name="step">The step as written.</param>
    /// <param name="given">What the family gives for a parameter that the step leaves out.</param>
    /// <exception cref="AuditException">Invalid: an unknown parameter, or an empty list.</exception>
    public static IEnumerable<StepPoint> Of(Operation operation, JsonFields step, Func<OperationParameter, JsonElement?> given)
    {
        var axes = new List<(string Name, JsonElement[] Values, bool Varies)>();
        foreach (var name in step.Names())
        {
            if (operation.Parameters.FirstOrDefault(p => p.Name == name) is not { } parameter)
                throw new AuditException(AuditCode.Invalid, $"{step.Where}, {name}", $"no parameter of {operation.Name}", $"one of {string.Join(", ", operation.Parameters.Select(p => p.Name))}", "Correct the spelling or remove the key.");
            if (step.Element(name) is { } value) axes.Add((name, Choices(parameter, value, step), IsGrid(parameter, value)));
        }

        string[] varying = [.. axes.Where(a => a.Varies).Select(a => a.Name)];
        return axes.Aggregate<(string Name, JsonElement[] Values, bool), IEnumerable<IReadOnlyList<KeyValuePair<string, JsonElement>>>>([[]],
            (points, axis) => points.SelectMany(point => axis.Values.Select(v => (IReadOnlyList<KeyValuePair<string, JsonElement>>)[.. point, new(axis.Name, v)])))
            .Select(values => new StepPoint([.. values, .. Given(operation, values, given)], varying));
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Given(Operation operation, IReadOnlyList<KeyValuePair<string, JsonElement>> values, Func<OperationParameter, JsonElement?> given)
    {
        var stated = values.ToDictionary(StringComparer.Ordinal);
        foreach (var parameter in operation.Parameters)
            if (!stated.ContainsKey(parameter.Name) && parameter.GivenWhen?.Invoke(stated) != false && given(parameter) is { } value) yield return new(parameter.Name, value);
    }

    private static JsonElement[] Choices(OperationParameter parameter, JsonElement value, JsonFields step)
    {
        if (!IsGrid(parameter, value)) return [value];
        JsonElement[] choices = [.. value.EnumerateArray()];
        return choices.Length > 0 ? choices : throw step.Wrong(parameter.Name, "an empty list", "a value, or a list of values to try");
    }

    private static bool IsGrid(OperationParameter parameter, JsonElement value) => value.ValueKind == JsonValueKind.Array && parameter.Kind switch
    {
        ParameterKind.List => value.EnumerateArray().FirstOrDefault().ValueKind == JsonValueKind.Array,
        ParameterKind.Settings => false,
        _ => true,
    };
}
