using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OnnxAudit.Families;

/// <summary>Names of a family's models: letters, digits, '.', '_' and single '-', since files and cells of audits are called by them; each once, case apart.</summary>
internal static partial class FamilyNames
{
    private const int Longest = 80;
    private const int MostListed = 12;

    /// <summary>The name that a template gives a variant; without one, the parent's, the operation's and what varies in the grid.</summary>
    /// <param name="template">Text with {of} and {PARAMETER}.</param>
    /// <param name="parent">The parent's name.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="arguments">The variant's values.</param>
    /// <param name="axes">What varies.</param>
    /// <param name="where">The template's place, for messages.</param>
    /// <exception cref="AuditException">Invalid: a {…} that names no value of this step.</exception>
    public static string Fill(string? template, string parent, Operation operation, JsonElement arguments, IReadOnlyList<string> axes, string where) =>
        Placeholder().Replace(template ?? string.Concat(["{of}-", operation.Name, .. axes.Select(a => $"-{{{a}}}")]), match =>
        {
            var name = match.Groups[1].Value;
            if (name == "of") return parent;
            if (arguments.TryGetProperty(name, out var value)) return Word(value);
            throw new AuditException(AuditCode.Invalid, where, $"'{match.Value}'", $"{{of}} or a value of the step: {string.Join(", ", arguments.EnumerateObject().Select(p => $"{{{p.Name}}}"))}",
                "Name what the step gives, in braces.");
        });

    /// <summary>Refuses bad and repeated names, parents that are not there, and rings.</summary>
    /// <exception cref="AuditException">Invalid, naming the place.</exception>
    public static void Check(IReadOnlyList<FamilyModel> models, IReadOnlyList<FamilyVariant> variants)
    {
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, where) in models.Select(m => (m.Name, m.Where)).Concat(variants.Select(v => (v.Name, v.Where))))
        {
            if (!Allowed().IsMatch(name) || name.Contains("--", StringComparison.Ordinal) || name.Length > Longest)
                throw new AuditException(AuditCode.Invalid, where, $"the name '{name}'", "at most 80 letters, digits, '.', '_' and single '-', a letter or digit first and last", "Change the name; it is the file's.");
            if (!taken.TryAdd(name, where))
                throw new AuditException(AuditCode.Invalid, where, $"the name '{name}', which {taken[name]} has already", "a name of its own for each",
                    "Put what differs into the name, such as {of} or {amount}.");
        }

        var known = models.Select(m => m.Name).Concat(variants.Select(v => v.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var variant in variants)
            if (variant.Sources.FirstOrDefault(s => !known.Contains(s)) is { } missing)
                throw new AuditException(AuditCode.Invalid, $"{variant.Where} ('{variant.Name}')", $"the parent '{missing}', which is not there", Listed(models, variants), "Correct the name, or add the model.");
    }

    /// <summary>The names there are, for messages.</summary>
    public static string Listed(IReadOnlyList<FamilyModel> models, IReadOnlyList<FamilyVariant> variants)
    {
        string[] names = [.. models.Select(m => m.Name), .. variants.Select(v => v.Name)];
        return $"one of {string.Join(", ", names.Take(MostListed))}{(names.Length > MostListed ? FormattableString.Invariant($" and {names.Length - MostListed} more") : "")}";
    }

    // A value as a part of a name: 2:4 is 2of4, other characters that names do not take are '-'.
    private static string Word(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => Path.GetFileName(value.GetString()!),
            JsonValueKind.Array => string.Join('-', value.EnumerateArray().Select(Word)),
            _ => value.GetRawText(),
        };
        var word = new StringBuilder();
        foreach (var c in Ratio().Replace(text, "$1of$2"))
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '_') word.Append(c);
            else if (word.Length > 0 && word[^1] != '-') word.Append('-');
        return word.ToString().Trim('-', '.');
    }

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")]
    private static partial Regex Allowed();

    [GeneratedRegex(@"\b([0-9]+):([0-9]+)\b")]
    private static partial Regex Ratio();
}
