using System.CommandLine;
using OnnxAudit.Compression.Quantisation;
using OnnxAudit.Runtime;

namespace OnnxAudit.Cli.Options;

/// <summary>--code and what its values take: the choices of the quantize verb that are not about calibration.</summary>
internal sealed class CodeOptions
{
    private const string Static = WeightCodes.Calibrated;

    private readonly Option<string> _code = new("--code")
    {
        Description = $"{Static}: QDQ form, calibrated on --data; int8-dynamic: inputs coded while running; float16: weights and activations; float16-weights: weights alone; palette: indices into a codebook",
        DefaultValueFactory = _ => Static,
    };

    private readonly Option<int> _entries = new("--entries") { Description = "Entries of a palette's codebook, 2 to 256", HelpName = "K", DefaultValueFactory = _ => 256 };
    private readonly Option<bool> _perTensor = new("--per-tensor") { Description = "One scale per weight tensor in place of one per output channel" };
    private readonly Option<bool> _asymmetric = new("--asymmetric-weights") { Description = "Weights over their own range in place of symmetric; for convolutions with --per-tensor" };
    private readonly Option<int> _bits = new("--weight-bits") { Description = "8, or 7 for processors whose 8-bit products saturate", HelpName = "N", DefaultValueFactory = _ => 8 };
    private readonly Option<bool> _clip = new("--allow-clipping") { Description = "Clip numbers beyond float16's range in place of refusing them" };
    private readonly Option<bool> _keepNorms = new("--keep-norms") { Description = "int8 codes and float16: leave batch normalisation as nodes in place of folding it first" };
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

    /// <summary>Whether the code is the one that is calibrated.</summary>
    public bool IsStatic(ParseResult parsed) => parsed.GetValue(_code) == Static;

    /// <summary>Refuses options that have no use for the code; calibration: those of the code that is calibrated.</summary>
    /// <exception cref="AuditException">Usage.</exception>
    public void Check(ParseResult parsed, IEnumerable<Option> calibration)
    {
        var code = parsed.GetRequiredValue(_code);
        WeightCodes.RequireUse(code, Symbols.OfType<Option>().Concat(calibration).Where(o => parsed.GetResult(o) is { Implicit: false }).Select(o => o.Name.TrimStart('-')), "command line", "--");
        if (code != Static && calibration.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } option)
            throw new AuditException(AuditCode.Usage, "command line", $"{option.Name} with --code {code}", $"--code {Static}", "Leave it out.");
    }

    /// <summary>A code that needs no data.</summary>
    public WeightCodeRequest Request(ParseResult parsed, string model, string output, OrtLibrary runtime)
    {
        var code = WeightCodes.Names[parsed.GetRequiredValue(_code)];
        return new WeightCodeRequest(model, output, code, runtime, ToolVersion.Text)
        {
            FoldNorms = code is WeightCode.DynamicInt8 or WeightCode.Float16 ? !parsed.GetValue(_keepNorms) : parsed.GetValue(_foldNorms),
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
