using System.CommandLine;
using OnnxAudit.Compression;

namespace OnnxAudit.Cli.Options;

/// <summary>--data, --samples, --probes, --preprocess, --head, --ort: what a mask method takes gradients over.</summary>
internal sealed class GradientOptions
{
    private static readonly string Methods = string.Join(", ", MaskMethods.Names.Where(MaskMethods.NeedsData));

    private readonly Option<string?> _data = new("--data") { Description = $"Labelled images, training images by rights, for methods that take gradients ({Methods})", HelpName = "SPEC" };
    private readonly Option<int?> _samples = new("--samples") { Description = "Images to take gradients over, drawn by the seed (1024; snip: 128)", HelpName = "N" };
    private readonly Option<int?> _probes = new("--probes") { Description = "Random probes of the Hessian's diagonal, 32 or more (32)", HelpName = "M" };
    private readonly PreprocessOption _preprocess = new();
    private readonly Option<string?> _head = SharedOptions.Head();
    private readonly RuntimeOption _runtime = new();

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => [_data, _samples, _probes, _preprocess.Symbol, _head, _runtime.Symbol];

    /// <summary>The recipe with samples and probes.</summary>
    /// <exception cref="AuditException">Usage: numbers that the method does not take.</exception>
    public MaskRecipe Recipe(ParseResult parsed, MaskRecipe recipe) => (recipe with { Samples = parsed.GetValue(_samples), Probes = parsed.GetValue(_probes) }).Validated();

    /// <summary>What the gradients of <paramref name="recipe"/> are taken over; null for a method that takes none.</summary>
    /// <exception cref="AuditException">Usage: --data is missing, or has no use. Environment: no ONNX Runtime.</exception>
    public PruneData? Data(ParseResult parsed, MaskRecipe recipe)
    {
        var spec = parsed.GetValue(_data);
        if (MaskMethods.NeedsData(recipe.Method))
            return new PruneData(_runtime.Load(parsed), spec ?? throw new AuditException(AuditCode.Usage, "command line", $"--method {recipe.Method} without --data", "labelled images", "Add --data SPEC."),
                _preprocess.Settings(parsed), parsed.GetValue(_head));
        foreach (var option in (Option[])[_data, (Option)_preprocess.Symbol, _head, (Option)_runtime.Symbol])
            if (parsed.GetResult(option) is { Implicit: false })
                throw new AuditException(AuditCode.Usage, "command line", $"{option.Name} with --method {recipe.Method}", $"a method that takes gradients: {Methods}", "Leave it out.");
        return null;
    }
}
