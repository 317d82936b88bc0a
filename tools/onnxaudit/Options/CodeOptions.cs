using System.CommandLine;
using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Runtime;

namespace OnnxAudit.Cli.Options;

/// <summary>--code and what its values take: the choices of the quantize verb that are not about calibration.</summary>
internal sealed class CodeOptions
{
    /// <summary>Static int8, the code that is calibrated.</summary>
    public const string Static = "int8-static";

    private static readonly string[] Integer = [Static, "int8-dynamic"];

    private readonly Option<string> _code = new("--code")
    {
        Description = $"{Static}: QDQ form, calibrated on --data; int8-dynamic: inputs coded while running; float16-weights: stored in half the bytes; palette: indices into a codebook",
        DefaultValueFactory = _ => Static,
    };

    private readonly Option<int> _entries = new("--entries") { Description = "Entries of a palette's codebook, 2 to 256", HelpName = "K", DefaultValueFactory = _ => 256 };
    private readonly Option<bool> _perTensor = new("--per-tensor") { Description = "One scale per weight tensor in place of one per output channel" };
    private readonly Option<bool> _asymmetric = new("--asymmetric-weights") { Description = "Weights over their own range in place of symmetric; for convolutions with --per-tensor" };
    private readonly Option<int> _bits = new("--weight-bits") { Description = "8, or 7 for processors whose 8-bit products saturate", HelpName = "N", DefaultValueFactory = _ => 8 };
    private readonly Option<bool> _clip = new("--allow-clipping") { Description = "Clip numbers beyond float16's range in place of refusing them" };
    private readonly Option<bool> _keepNorms = new("--keep-norms") { Description = "Integer codes: leave batch normalisation as nodes in place of folding it first" };
    private readonly Option<bool> _foldNorms = new("--fold-norms") { Description = "Other codes: fold batch normalisation into the convolutions first" };

    private readonly Option<string[]> _exclude = new("--exclude")
    {
        Description = "Layers that stay float32, by operator, node or weight name (* and ?); may be repeated",
        HelpName = "PATTERN",
    };

    /// <summary>Options with their codes.</summary>
    public CodeOptions() => _code.AcceptOnlyFromAmong([Static, .. WeightCodes.Names.Keys]);

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => [_code, _entries, _perTensor, _asymmetric, _bits, _clip, _keepNorms, _foldNorms, _exclude];

    /// <summary>Whether the code is <see cref="Static"/>.</summary>
    public bool IsStatic(ParseResult parsed) => parsed.GetValue(_code) == Static;

    /// <summary>Refuses options that have no use for the code; calibration: those of static int8.</summary>
    /// <exception cref="AuditException">Usage.</exception>
    public void Check(ParseResult parsed, IEnumerable<Option> calibration)
    {
        var code = parsed.GetRequiredValue(_code);
        (Option Option, string[] Codes)[] uses =
        [
            .. calibration.Select(o => (o, (string[])[Static])), (_entries, ["palette"]), (_perTensor, Integer), (_asymmetric, Integer), (_bits, Integer), (_clip, ["float16-weights"]),
            (_keepNorms, Integer), (_foldNorms, [.. WeightCodes.Names.Keys.Except(Integer)]),
        ];
        foreach (var (option, codes) in uses)
            if (parsed.GetResult(option) is { Implicit: false } && !codes.Contains(code))
                throw new AuditException(AuditCode.Usage, "command line", $"{option.Name} with --code {code}", $"--code {string.Join(" or ", codes)}", "Leave it out.");
    }

    /// <summary>A code that needs no data.</summary>
    public WeightCodeRequest Request(ParseResult parsed, string model, string output, OrtLibrary runtime)
    {
        var code = WeightCodes.Names[parsed.GetRequiredValue(_code)];
        return new WeightCodeRequest(model, output, code, runtime, ToolVersion.Text)
        {
            FoldNorms = code == WeightCode.DynamicInt8 ? !parsed.GetValue(_keepNorms) : parsed.GetValue(_foldNorms),
            PerTensor = parsed.GetValue(_perTensor),
            AsymmetricWeights = parsed.GetValue(_asymmetric),
            WeightBits = parsed.GetValue(_bits),
            Entries = parsed.GetValue(_entries),
            AllowClipping = parsed.GetValue(_clip),
            Exclude = parsed.GetValue(_exclude) ?? [],
        };
    }

    /// <summary>The choices of static int8 that are made here.</summary>
    public QuantisationRequest Choose(ParseResult parsed, QuantisationRequest request) => request with
    {
        PerTensor = parsed.GetValue(_perTensor),
        AsymmetricWeights = parsed.GetValue(_asymmetric),
        WeightBits = parsed.GetValue(_bits),
        KeepNorms = parsed.GetValue(_keepNorms),
        Exclude = parsed.GetValue(_exclude) ?? [],
    };
}
