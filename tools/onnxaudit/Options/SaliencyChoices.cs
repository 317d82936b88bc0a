using System.CommandLine;
using OnnxAudit.Plans;
using OnnxAudit.Saliency;

namespace OnnxAudit.Cli.Options;

/// <summary>How saliency is measured.</summary>
internal sealed class SaliencyChoices
{
    private readonly Option<string> _way = Choice("--way", "Our fused kernel, or standard operators only (any device)", SaliencyJson.Ways.Select(w => w.Name));
    private readonly Option<string> _aggregation = Choice("--aggregation", "From a filter's gradients to one number", SaliencyJson.Aggregations.Select(a => a.Name));
    private readonly Option<string> _label = Choice("--label", "Whose loss is differentiated: the true class's or the predicted one's", SaliencyJson.Labels.Select(l => l.Name));
    private readonly Option<string> _forward = Choice("--forward", "Precision of the forward pass; in float64 no rounding flips a ReLU, and it takes longer", SaliencyJson.Forwards.Select(f => f.Name));
    private readonly Option<bool> _linear = new("--include-linear") { Description = "Take the rows of linear layers for filters too" };
    private readonly Option<bool> _noClassifier = new("--exclude-classifier") { Description = "Leave out a classifier that is a 1×1 convolution" };
    private readonly Option<int> _megabytes = new("--megabytes") { Description = "Memory for one pass's activations and gradients; decides how batches are split", HelpName = "N", DefaultValueFactory = _ => 64 };

    /// <summary>The symbols in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => [_way, _aggregation, _label, _forward, _linear, _noClassifier, _megabytes];

    /// <summary><paramref name="plan"/> with saliency as the command line says, or as the plan's file does where it says nothing.</summary>
    public AuditPlan Into(ParseResult parsed, AuditPlan plan)
    {
        var options = plan.Saliency ?? new SaliencyOptions();
        var megabytes = parsed.GetValue(_megabytes);
        if (megabytes < 1) throw new AuditException(AuditCode.Usage, "--megabytes", FormattableString.Invariant($"{megabytes}"), "1 or more", "Give the memory in megabytes.");
        return plan with
        {
            Saliency = options with
            {
                Way = Given(parsed, _way) is { } way ? SaliencyJson.Ways.First(w => w.Name == way).Value : options.Way,
                Aggregation = Given(parsed, _aggregation) is { } name ? SaliencyJson.Aggregations.First(a => a.Name == name).Value : options.Aggregation,
                PredictedLabel = Given(parsed, _label) is { } label ? SaliencyJson.Labels.First(l => l.Name == label).Value : options.PredictedLabel,
                Forward = Given(parsed, _forward) is { } forward ? SaliencyJson.Forwards.First(f => f.Name == forward).Value : options.Forward,
                IncludeLinear = options.IncludeLinear || parsed.GetValue(_linear),
                ExcludeClassifier = options.ExcludeClassifier || parsed.GetValue(_noClassifier),
                ByteBudget = parsed.GetResult(_megabytes) is { Implicit: false } ? (long)megabytes << 20 : options.ByteBudget,
            },
        };
    }

    private static string? Given(ParseResult parsed, Option<string> option) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    private static Option<string> Choice(string name, string description, IEnumerable<string> values)
    {
        string[] names = [.. values];
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => names[0] };
        return option.AcceptOnlyFromAmong(names);
    }
}
