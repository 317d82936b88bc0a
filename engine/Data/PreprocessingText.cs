using System.Text;
using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Data;

/// <summary>The JSON form of <see cref="Preprocessing"/>: normalisation.mean, normalisation.std, layout, resize, crop, channel_order, classes.</summary>
internal static class PreprocessingText
{
    private const int LargestFile = 16 << 20;
    private const int LargestSide = 16384;

    public static string ReadFile(string path) => DataFault.ReadText(path, LargestFile);

    public static Preprocessing Parse(string json, string source)
    {
        var root = JsonFields.Parse(json, source);
        if (root.Names() is var names && !names.Contains("normalisation"))
            throw root.Wrong("normalisation", "nothing", "mean and std per channel on pixels/255, or null for none");
        var normalisation = root.Object("normalisation");
        var mean = Values(normalisation, "mean", source);
        var std = Values(normalisation, "std", source);
        if (normalisation is not null && mean is null && std is null)
            throw root.Wrong("normalisation", "an object without mean and std", "mean and std per channel on pixels/255, or null for none");
        if (mean is not null && std is not null && mean.Length != std.Length)
            throw root.Wrong("normalisation", FormattableString.Invariant($"{mean.Length} means and {std.Length} standard deviations"), "one of each per channel");
        if (std is not null && Array.Exists(std, s => !(s > 0)))
            throw root.Wrong("normalisation.std", "a value that is not above 0", "positive values");
        return new Preprocessing
        {
            Mean = mean,
            Std = std,
            Layout = Layout(root),
            Resize = (int?)root.Integer("resize", 1, LargestSide),
            Crop = (int?)root.Integer("crop", 1, LargestSide),
            Channels = Order(root),
            Classes = root.Element("classes") is null ? null : Names(root),
            Source = source,
            UnknownKeys = [
                .. names.Except(["normalisation", "layout", "resize", "crop", "channel_order", "classes", "input"]),
                .. normalisation?.Names().Except(["mean", "std"]).Select(name => $"normalisation.{name}") ?? [],
            ],
        };
    }

    public static string Write(Preprocessing p)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            if (p.Mean is null && p.Std is null)
            {
                json.WriteNull("normalisation");
            }
            else
            {
                json.WriteStartObject("normalisation");
                WriteValues(json, "mean", p.Mean);
                WriteValues(json, "std", p.Std);
                json.WriteEndObject();
            }

            json.WriteString("layout", p.Layout);
            if (p.Resize is { } resize) json.WriteNumber("resize", resize);
            if (p.Crop is { } crop) json.WriteNumber("crop", crop);
            json.WriteString("channel_order", p.Channels == ChannelOrder.Rgb ? "RGB" : "BGR");
            if (p.Classes is not null)
            {
                json.WriteStartArray("classes");
                foreach (var name in p.Classes) json.WriteStringValue(name);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteValues(Utf8JsonWriter json, string name, float[]? values)
    {
        if (values is null) return;
        json.WriteStartArray(name);
        foreach (var v in values) json.WriteNumberValue(v);
        json.WriteEndArray();
    }

    private static float[]? Values(JsonFields? normalisation, string name, string source)
    {
        var numbers = normalisation?.Numbers(name) ?? [];
        if (numbers.Count == 0) return null;
        var values = numbers.Select(n => (float)n).ToArray();
        return Array.TrueForAll(values, float.IsFinite) ? values
            : throw new AuditException(AuditCode.Invalid, $"{source}, normalisation.{name}", "a value beyond float32", "finite values", "Change the value.");
    }

    /// <summary>The key layout, or input.layout as model descriptions write it.</summary>
    private static string Layout(JsonFields root)
    {
        var text = root.Text("layout") ?? (root.Element("input") is { ValueKind: JsonValueKind.Object } ? root.Object("input")!.Text("layout") : null) ?? "NCHW";
        return text is "NCHW" or "NHWC" ? text : throw root.Wrong("layout", $"\"{text}\"", "\"NCHW\" or \"NHWC\"");
    }

    private static ChannelOrder Order(JsonFields root) => root.Text("channel_order") switch
    {
        null or "RGB" => ChannelOrder.Rgb,
        "BGR" => ChannelOrder.Bgr,
        var other => throw root.Wrong("channel_order", $"\"{other}\"", "\"RGB\" or \"BGR\""),
    };

    private static IReadOnlyList<string> Names(JsonFields root)
    {
        var names = root.Texts("classes");
        if (names.Count == 0) throw root.Wrong("classes", "an empty list", "one name per class");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return names.FirstOrDefault(n => !seen.Add(n)) is { } twice ? throw root.Wrong("classes", $"'{twice}' twice", "different names") : names;
    }
}
