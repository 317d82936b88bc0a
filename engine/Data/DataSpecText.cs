using System.Globalization;
using System.Text.RegularExpressions;

namespace OnnxAudit.Data;

/// <summary>
/// The parts of a DATA SPEC: KIND:SOURCE[?key=value&amp;…][#SPLIT[@SEVERITY][[FROM:TO]]]. Only synthetic kinds take parameters,
/// so that a path may hold '?'.
/// </summary>
internal sealed partial record DataSpecText(string Text, string Kind, string Source, IReadOnlyDictionary<string, string> Parameters,
    string? Split, int? Severity, int? From, int? To)
{
    /// <summary>The source's two comma-separated paths.</summary>
    public (string Images, string Labels) Pair()
    {
        var parts = Source.Split(',');
        return parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0 ? (parts[0], parts[1])
            : throw Bad($"'{Source}'", $"{Kind}:IMAGES,LABELS", "Give both files, separated by one comma.");
    }

    /// <summary>The split if it is one of <paramref name="known"/>; the first of them when none is given.</summary>
    public string SplitAmong(params ReadOnlySpan<string> known)
    {
        if (Split is null) return known[0];
        foreach (var name in known)
        {
            if (Split == name) return name;
        }

        throw Bad($"split '#{Split}'", $"#{string.Join(" or #", known!)}", "Correct the part after '#'.");
    }

    /// <summary>Refuses a split name where the kind has none.</summary>
    public void RefuseSplit()
    {
        if (Split is not null) throw Bad($"split '#{Split}'", $"no split: {Kind}: names its files itself", "Keep only a range after '#', e.g. #[0:1000].");
    }

    /// <summary>Reads the text.</summary>
    /// <exception cref="AuditException">Usage: not a DATA SPEC.</exception>
    public static DataSpecText Parse(string text)
    {
        var colon = text.IndexOf(':');
        if (colon <= 0) throw Wrong(text, "no kind", "KIND:SOURCE, e.g. cifar10:DIR", DataSpec.KindsHint);
        var kind = text[..colon];
        var rest = text[(colon + 1)..];
        string? split = null;
        int? severity = null, from = null, to = null;
        var hash = rest.LastIndexOf('#');
        if (hash >= 0)
        {
            var match = Fragment().Match(rest[(hash + 1)..]);
            if (!match.Success) throw Wrong(text, $"'{rest[hash..]}'", "#SPLIT, #SPLIT[FROM:TO] or #[FROM:TO]", "Correct the part after '#'.");
            split = match.Groups["split"].Value is { Length: > 0 } s ? s : null;
            severity = Whole(match.Groups["severity"], text);
            from = Whole(match.Groups["from"], text);
            to = Whole(match.Groups["to"], text);
            rest = rest[..hash];
        }

        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (kind == "synthetic" && rest.IndexOf('?') is >= 0 and var mark)
        {
            foreach (var pair in rest[(mark + 1)..].Split('&'))
            {
                var equals = pair.IndexOf('=');
                if (equals <= 0 || !parameters.TryAdd(pair[..equals], pair[(equals + 1)..]))
                    throw Wrong(text, $"'{pair}'", "key=value, each key once", "Correct the part after '?'.");
            }

            rest = rest[..mark];
        }

        if (rest.Length == 0) throw Wrong(text, "nothing after the colon", "KIND:SOURCE", DataSpec.KindsHint);
        if (severity is not null && kind != "suite") throw Wrong(text, $"severity @{severity}", "a severity only with suite:", "Remove the part after '@'.");
        return new DataSpecText(text, kind, rest, parameters, split, severity, from, to);
    }

    /// <summary>A usage error that names this spec.</summary>
    public AuditException Bad(string found, string expected, string fix) => Wrong(Text, found, expected, fix);

    private static AuditException Wrong(string text, string found, string expected, string fix) =>
        new(AuditCode.Usage, $"data '{text}'", found, expected, fix);

    private static int? Whole(Group group, string text) => group.Value.Length == 0 ? null
        : int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
        : throw Wrong(text, group.Value, "a number below 2147483648", "Correct the part after '#'.");

    [GeneratedRegex(@"^(?<split>[A-Za-z0-9_][A-Za-z0-9_.-]*)?(@(?<severity>[0-9]+))?(\[(?<from>[0-9]*):(?<to>[0-9]*)\])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Fragment();
}
