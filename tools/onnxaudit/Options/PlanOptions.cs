using System.CommandLine;
using OnnxAudit.Plans;

namespace OnnxAudit.Cli.Options;

/// <summary>Everything that makes a plan: models, masks, data, device, measurements. With --plan the file decides, and what the command line states wins over it.</summary>
internal sealed class PlanOptions
{
    private readonly Argument<string[]> _models = new("MODEL") { Description = "ONNX files; the first is the reference of the report", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _data = new("--data") { Description = "DATA SPEC: cifar10:DIR, idx:IMAGES,LABELS, npy:IMAGES,LABELS, suite:DIR, folder:DIR, synthetic:shapes; may be repeated", HelpName = "SPEC" };
    private readonly GridOptions _corruptions = new();
    private readonly Option<string?> _plan = new("--plan") { Description = "Read the plan from a file; options given here win over it", HelpName = "PLAN.yaml" };
    private readonly MaskOptions _masks = new(single: false);
    private readonly Option<int> _batch = new("--batch") { Description = "Images per forward pass", HelpName = "N", DefaultValueFactory = _ => 128 };
    private readonly Option<int> _threads = SharedOptions.Threads();
    private readonly Option<string> _device = new("--device") { Description = "Execution provider: cpu, cuda, webgpu, …", HelpName = "NAME", DefaultValueFactory = _ => "cpu" };
    private readonly Option<string[]> _deviceOptions = new("--device-option") { Description = "An option of the provider; may be repeated", HelpName = "KEY=VALUE" };
    private readonly Option<string> _kernels = new("--kernels") { Description = "Kernel forms: auto, managed, native, a form's name, opencl or opencl:DEVICE (number or part of its name); with commas, the first that can run", HelpName = "NAME", DefaultValueFactory = _ => "auto" };
    private readonly Option<ulong> _seed = SharedOptions.Seed();
    private readonly PreprocessOption _preprocess = new();
    private readonly Option<string?> _head = SharedOptions.Head();
    private readonly Option<bool> _noGeometry = new("--no-geometry") { Description = "Leave feature geometry out: for models without a linear classifier head" };
    private readonly Option<string> _margin = new("--margin") { Description = "Which margin: the paper's, of the predicted region, or signed", DefaultValueFactory = _ => "paper" };
    private readonly Option<bool> _biasAware = new("--bias-aware") { Description = "Take the classifier's bias into the margin" };
    private readonly Option<string?> _groups = new("--groups") { Description = "CSV of sample groups (sample,group): figures per group too", HelpName = "FILE.csv" };
    private readonly Option<string?> _metrics = new("--metrics") { Description = "CSV of your own figures per variant (variant,NAME,…)", HelpName = "FILE.csv" };
    private readonly Option<int> _latencyRuns = new("--latency-runs") { Description = "Timed passes of one image per cell; 0 for none", HelpName = "N", DefaultValueFactory = _ => 50 };

    /// <summary>The group.</summary>
    public PlanOptions() => _margin.AcceptOnlyFromAmong("paper", "region", "signed");

    /// <summary>The symbols in help order.</summary>
    public IReadOnlyList<Symbol> Symbols =>
        [_models, _data, .. _corruptions.Symbols, _plan, .. _masks.Symbols, _preprocess.Symbol, _head, _noGeometry, _margin, _biasAware, _groups, _metrics, _batch, _threads, _device, _deviceOptions, _kernels, _seed, _latencyRuns];

    /// <summary>The plan.</summary>
    /// <exception cref="AuditException">Usage or Invalid: no models, no data, or a file or option that is wrong.</exception>
    public AuditPlan Build(ParseResult parsed)
    {
        var stated = Stated(parsed, new AuditPlan { Variants = [], Suites = [], Threads = parsed.GetValue(_threads) });
        if (parsed.GetValue(_plan) is { } path) return Stated(parsed, PlanFile.Read(YamlJson.ReadFile(path), path, stated));
        PlanRules.Check(stated, "command line");
        return stated;
    }

    /// <summary><paramref name="plan"/> with what the command line states itself.</summary>
    private AuditPlan Stated(ParseResult parsed, AuditPlan plan)
    {
        var models = parsed.GetValue(_models) ?? [];
        var data = parsed.GetValue(_data) ?? [];
        var options = parsed.GetValue(_deviceOptions) ?? [];
        var preprocess = _preprocess.Json(parsed);
        var seed = Given(parsed, _seed, plan.Seed);
        var masks = _masks.Recipes(parsed, seed);
        var grid = _corruptions.Grid(parsed);
        if (grid is not null && data.Length == 0)
            throw new AuditException(AuditCode.Usage, "command line", "--corruptions without --data", "data to corrupt", "Add --data, or set 'corruptions' in the plan file.");
        if (masks.Count > 0 && models.Length == 0)
            throw new AuditException(AuditCode.Usage, "command line", "masks without a model", "MODEL… before --method", "Name the models the masks go on.");
        return plan with
        {
            Variants = models.Length == 0 ? plan.Variants : [.. models.Zip(Identifiers.OfModels(models)).SelectMany(m => VariantExpansion.Of(m.Second, m.First, masks))],
            Suites = data.Length == 0 ? plan.Suites : [.. data.SelectMany(spec => SuiteExpansion.Of(spec, grid))],
            Batch = Given(parsed, _batch, plan.Batch),
            Threads = Given(parsed, _threads, plan.Threads),
            Device = Given(parsed, _device, plan.Device),
            DeviceOptions = options.Length == 0 ? plan.DeviceOptions : Pairs(options),
            Kernels = Given(parsed, _kernels, plan.Kernels),
            Seed = seed,
            Geometry = plan.Geometry && !parsed.GetValue(_noGeometry),
            Margin = Given(parsed, _margin, plan.Margin),
            CorruptionProfile = _corruptions.Profile(parsed, plan.CorruptionProfile),
            Frost = _corruptions.Frost(parsed) ?? plan.Frost,
            BiasAware = plan.BiasAware || parsed.GetValue(_biasAware),
            Head = parsed.GetValue(_head) ?? plan.Head,
            Preprocess = preprocess ?? plan.Preprocess,
            PreprocessSource = preprocess is null ? plan.PreprocessSource : _preprocess.Path(parsed),
            Groups = parsed.GetValue(_groups) ?? plan.Groups,
            Metrics = parsed.GetValue(_metrics) ?? plan.Metrics,
            LatencyRuns = Given(parsed, _latencyRuns, plan.LatencyRuns),
        };
    }

    private static T Given<T>(ParseResult parsed, Option<T> option, T otherwise) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetRequiredValue(option) : otherwise;

    private static SortedDictionary<string, string> Pairs(string[] options)
    {
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in options)
        {
            var at = option.IndexOf('=');
            if (at < 1 || !pairs.TryAdd(option[..at], option[(at + 1)..]))
                throw new AuditException(AuditCode.Usage, "--device-option", $"'{option}'", "KEY=VALUE, each key once", "Write e.g. --device-option device_id=0.");
        }

        return pairs;
    }
}
