using System.CommandLine;
using System.Globalization;
using OnnxAudit.Compression;

namespace OnnxAudit.Cli.Options;

/// <summary>--method, --amount, --pattern, --scope, --scores, --include, --exclude: which masks to make. Lists give every method at every amount.</summary>
internal sealed class MaskOptions
{
    private readonly Option<string[]> _methods;
    private readonly Option<string[]> _amounts;
    private readonly Option<string[]> _patterns = new("--pattern") { Description = "In place of an amount: N of every M weights along the input channels stay, e.g. 2:4", HelpName = "N:M" };
    private readonly Option<string> _scope;
    private readonly Option<string?>? _scores;
    private readonly Option<string[]> _include;
    private readonly Option<string[]> _exclude;

    /// <summary>The group; <paramref name="single"/> when exactly one mask is wanted, <paramref name="fallback"/> the method where none is named.</summary>
    public MaskOptions(bool single, string? fallback = null)
    {
        IReadOnlyList<string> names = single ? MaskMethods.Names : MaskMethods.WithoutData;
        var methods = string.Join(" or ", names);
        _methods = new Option<string[]>("--method") { Description = single ? $"How weights are scored: {methods}" : $"Also audit masks by this method ({methods}); a comma-separated list gives several", HelpName = "NAME", Required = single && fallback is null };
        if (fallback is not null) _methods.DefaultValueFactory = _ => [fallback];
        _amounts = new Option<string[]>("--amount") { Description = single ? "Fraction of the weights to remove, in [0,1)" : "Fractions to remove, in [0,1), comma-separated", HelpName = single ? "P" : "P,…" };
        _scope = new Option<string>("--scope") { Description = "What competes: all weights, or each layer's own", DefaultValueFactory = _ => "global" };
        _scope.AcceptOnlyFromAmong("global", "layer");
        if (single) _scores = new Option<string?>("--scores") { Description = $"For --method {MaskMethods.FromFile}: an .npz with one array per initializer, larger stays", HelpName = "FILE.npz" };
        _include = new Option<string[]>("--include") { Description = "Only weights whose operator, name or node fits this pattern (* and ?); may be repeated", HelpName = "PATTERN" };
        _exclude = new Option<string[]>("--exclude") { Description = "Not these weights; may be repeated", HelpName = "PATTERN" };
        _methods.CompletionSources.Add([.. names]);
    }

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => [_methods, _amounts, _patterns, _scope, .. (Symbol[])(_scores is null ? [] : [_scores]), _include, _exclude];

    /// <summary>The recipes: every method at every amount, method by method.</summary>
    /// <exception cref="AuditException">Usage: an amount that is no number, an unknown method, only one of method and amount, or a scope or pattern without them.</exception>
    public IReadOnlyList<MaskRecipe> Recipes(ParseResult parsed, ulong seed)
    {
        var methods = Items(parsed.GetValue(_methods));
        (double Amount, NmPattern? Pattern)[] shares =
        [
            .. Items(parsed.GetValue(_amounts)).Select(a => (Amount(a), (NmPattern?)null)),
            .. Items(parsed.GetValue(_patterns)).Select(NmPattern.Parse).Select(p => (p.Amount, (NmPattern?)p)),
        ];
        if (methods.Length > 0 != shares.Length > 0)
            throw new AuditException(AuditCode.Usage, "command line", methods.Length > 0 ? "--method without --amount" : "--amount without --method", "both or none", "Add the other one; --pattern N:M may stand for the amount.");
        if (methods.Length == 0 && ((Option[])[_scope, _include, _exclude]).FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } idle)
            throw new AuditException(AuditCode.Usage, "command line", $"{idle.Name} without --method", "masks that it applies to", "Add --method and --amount, or set it on the masks of the plan file.");
        return [.. methods.SelectMany(method => shares.Select(share => new MaskRecipe
        {
            Method = method,
            Amount = share.Amount,
            Pattern = share.Pattern,
            ScoresPath = _scores is null ? null : parsed.GetValue(_scores),
            Scope = parsed.GetValue(_scope) == "layer" ? MaskScope.Layer : MaskScope.Global,
            Seed = seed,
            Include = parsed.GetValue(_include) is { Length: > 0 } include ? include : null,
            Exclude = parsed.GetValue(_exclude) is { Length: > 0 } exclude ? exclude : null,
        }.Validated()))];
    }

    /// <summary>The one recipe.</summary>
    /// <exception cref="AuditException">Usage: as <see cref="Recipes"/>, or more than one.</exception>
    public MaskRecipe Recipe(ParseResult parsed, ulong seed) => Recipes(parsed, seed) is [var one] ? one
        : throw new AuditException(AuditCode.Usage, "command line", "several masks", "one method and one amount", "Run the verb once for each, or let audit make them.");

    private static string[] Items(string[]? given) => [.. (given ?? []).SelectMany(g => g.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static double Amount(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount
        : throw new AuditException(AuditCode.Usage, "--amount", $"'{text}'", "a number in [0,1) with a decimal point", "Write e.g. 0.5.");
}
