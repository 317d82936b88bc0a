using System.Globalization;

namespace OnnxAudit.Data;

/// <summary>Order of the colour planes a model was trained with.</summary>
public enum ChannelOrder
{
    /// <summary>Red first; also of one-channel models.</summary>
    Rgb,

    /// <summary>Blue first.</summary>
    Bgr,
}

/// <summary>
/// How pixels become a model's input: x = (p/255 − mean)/std per channel in float32, after resize and centre crop.
/// Never guessed: it comes from a file, the model's metadata or the file beside the model, and says which.
/// </summary>
public sealed record Preprocessing
{
    /// <summary>Metadata key of a model that holds the same JSON.</summary>
    public const string MetadataKey = "onnxaudit.preprocess";

    /// <summary>Settings of arrays that already are what the model wants: nothing is done to them.</summary>
    public static readonly Preprocessing AlreadyDone = new() { Source = "float arrays, taken as already preprocessed" };

    /// <summary>Mean per channel of pixels/255, in the model's channel order; null subtracts nothing.</summary>
    public float[]? Mean { get; init; }

    /// <summary>Standard deviation per channel of pixels/255; null divides by nothing.</summary>
    public float[]? Std { get; init; }

    /// <summary>"NCHW" or "NHWC".</summary>
    public string Layout { get; init; } = "NCHW";

    /// <summary>Length the short side is resized to, antialiased bilinear; null leaves the size.</summary>
    public int? Resize { get; init; }

    /// <summary>Side of the square cut from the centre; null cuts nothing.</summary>
    public int? Crop { get; init; }

    /// <summary>Channel order of the input.</summary>
    public ChannelOrder Channels { get; init; }

    /// <summary>Class names by label; null leaves the dataset's own.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Where the settings came from.</summary>
    public required string Source { get; init; }

    /// <summary>Keys of the source that mean nothing here; reported, not fatal.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];

    /// <summary>Channels the settings are for; null when they fit any number.</summary>
    public int? ChannelCount => Mean?.Length ?? Std?.Length;

    /// <summary>
    /// The settings for a model: from <paramref name="explicitFile"/> (JSON) when given, else the metadata entry
    /// <see cref="MetadataKey"/>, else MODEL.json beside <paramref name="modelPath"/>.
    /// </summary>
    /// <exception cref="AuditException">Invalid: none of them is there, or the one that is cannot be read.</exception>
    public static Preprocessing Resolve(string? explicitFile, IReadOnlyDictionary<string, string> metadata, string? modelPath) =>
        Find(explicitFile, metadata, modelPath) ?? throw new AuditException(AuditCode.Invalid, modelPath ?? "model",
            "no preprocessing settings", $"--preprocess FILE, metadata '{MetadataKey}' or {Path.GetFileNameWithoutExtension(modelPath ?? "MODEL")}.json beside the model",
            "Write {\"normalisation\": {\"mean\": [...], \"std\": [...]}} (per channel, on pixels/255) into such a file; float arrays need none.");

    /// <summary>As <see cref="Resolve"/>, but null when there are no settings.</summary>
    /// <exception cref="AuditException">Invalid: the settings that are there cannot be read.</exception>
    public static Preprocessing? Find(string? explicitFile, IReadOnlyDictionary<string, string> metadata, string? modelPath)
    {
        if (explicitFile is not null) return Parse(PreprocessingText.ReadFile(explicitFile), explicitFile);
        if (metadata.TryGetValue(MetadataKey, out var text)) return Parse(text, $"{modelPath ?? "model"}, metadata '{MetadataKey}'");
        if (modelPath is null) return null;
        var neighbour = Path.ChangeExtension(modelPath, ".json");
        return File.Exists(neighbour) && neighbour != modelPath ? Parse(PreprocessingText.ReadFile(neighbour), neighbour) : null;
    }

    /// <summary>Reads settings from JSON text (YAML is turned into JSON before); <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="AuditException">Invalid: not such a JSON object, or a value out of range.</exception>
    public static Preprocessing Parse(string json, string source) => PreprocessingText.Parse(json, source);

    /// <summary>The settings as JSON with the keys that <see cref="Parse"/> reads; for the manifest.</summary>
    public string ToJson() => PreprocessingText.Write(this);

    /// <summary>The settings in a few lines for people, printed before work starts.</summary>
    public IReadOnlyList<string> Describe()
    {
        var lines = new List<string>
        {
            $"preprocessing from {Source}",
            Mean is null && Std is null ? "  pixels/255, not normalised" : $"  (pixels/255 - mean)/std, mean {Shown(Mean)}, std {Shown(Std)}",
            $"  layout {Layout}, channels {(Channels == ChannelOrder.Rgb ? "RGB" : "BGR")}{Shown(", resize ", Resize)}{Shown(", crop ", Crop)}",
        };
        if (ReferenceEquals(this, AlreadyDone)) lines.RemoveRange(1, 2);
        if (Classes is not null) lines.Add($"  {Classes.Count.ToString(CultureInfo.InvariantCulture)} classes: {string.Join(", ", Classes.Take(12))}{(Classes.Count > 12 ? ", …" : "")}");
        if (UnknownKeys.Count > 0) lines.Add($"  keys not used: {string.Join(", ", UnknownKeys)}");
        return lines;
    }

    private static string Shown(float[]? values) =>
        values is null ? "none" : string.Join(" ", values.Select(v => v.ToString(CultureInfo.InvariantCulture)));

    private static string Shown(string name, int? value) => value is { } v ? name + v.ToString(CultureInfo.InvariantCulture) : "";
}
