using System.CommandLine;
using System.Globalization;
using OnnxAudit.Training;

namespace OnnxAudit.Cli.Options;

/// <summary>--epochs to --seed: every decision of a training run that the command line takes.</summary>
internal sealed class TrainingOptions
{
    private readonly Option<int> _epochs = new("--epochs") { Description = "Passes over the training data; of retrain, in every round", HelpName = "N", Required = true };
    private readonly Option<int> _batch = new("--batch") { Description = "Images of a step", HelpName = "N", DefaultValueFactory = _ => 128 };
    private readonly Option<double> _rate = Number("--lr", "Learning rate, the highest where it changes", "RATE", 0.1);
    private readonly Option<string> _optimiser = Choice("--optimizer", "The rule that turns gradients into steps", ChoiceNames.Optimisers.Keys, "sgd");
    private readonly Option<double> _momentum = Number("--momentum", "Momentum of sgd", "M", 0.9);
    private readonly Option<bool> _nesterov = new("--nesterov") { Description = "Nesterov's form of the momentum" };
    private readonly Option<double> _decay = Number("--weight-decay", "Weight decay, on every trained tensor", "L", 0);
    private readonly Option<double?> _clip = new("--clip") { Description = "Largest global norm of a step's gradients", HelpName = "NORM", CustomParser = r => Parsed(r.Tokens[0].Value, "--clip") };
    private readonly Option<string> _schedule = Choice("--schedule", "How the learning rate goes", ChoiceNames.Schedules.Keys, "cosine");
    private readonly Option<double> _warmUp = Number("--warmup", "Epochs of linear warm-up before the schedule; may be a fraction", "EPOCHS", 0);
    private readonly Option<string?> _milestones = new("--milestones") { Description = "Epochs after which a step schedule multiplies the rate", HelpName = "E,…" };
    private readonly Option<double> _factor = Number("--factor", "What it multiplies by", "F", 0.1);
    private readonly Option<string?> _augment = new("--augment") { Description = "Random changes of the images: crop:PIXELS (padded, then cut), flip and flip-vertical, by commas", HelpName = "LIST" };
    private readonly Option<double> _smoothing = Number("--label-smoothing", "Share of the target spread over all classes", "EPS", 0);
    private readonly Option<string> _start = Choice("--init", "Where weights start: the file's, or He's normal numbers by fan-out (he) or fan-in", ChoiceNames.Starts.Keys, "file");
    private readonly Option<bool> _zeros = new("--keep-zeros") { Description = "Hold every prunable weight that is 0 at 0" };
    private readonly Option<string?> _mask = new("--mask") { Description = "Remove and hold at 0 what this mask file removes", HelpName = "FILE" };
    private readonly Option<int?> _patience = new("--early-stop") { Description = "End after N epochs in a row without a better test accuracy and write the best; needs --test", HelpName = "N" };
    private readonly Option<string?> _teacher = new("--teacher") { Description = "Also learn the scores of this model, of the same inputs and classes", HelpName = "MODEL.onnx" };
    private readonly Option<double> _temperature = Number("--temperature", "Temperature of the teacher's and the model's scores", "T", 4);
    private readonly Option<double> _teacherWeight = Number("--teacher-weight", "The teacher's share of the loss, above 0 up to 1", "A", 0.9);
    private readonly Option<ulong> _seed = SharedOptions.Seed();

    /// <summary>The options in help order.</summary>
    public IReadOnlyList<Symbol> Symbols => [.. Loop, .. Distilling, _start, _zeros, _mask, _patience, _seed];

    /// <summary>Those of them that say nothing of the weights, for verbs that decide where weights start and what stays 0.</summary>
    public IReadOnlyList<Symbol> LoopSymbols => [.. Loop, _patience, _seed];

    /// <summary>Those for rounds of a retraining, which make their masks themselves and start from the file's weights.</summary>
    public IReadOnlyList<Symbol> RoundSymbols => [.. Loop, .. Distilling, _patience, _seed];

    private IReadOnlyList<Symbol> Distilling => [_teacher, _temperature, _teacherWeight];

    private IReadOnlyList<Symbol> Loop =>
        [_epochs, _batch, _rate, _schedule, _warmUp, _milestones, _factor, _optimiser, _momentum, _nesterov, _decay, _clip, _augment, _smoothing];

    /// <summary>The seed of everything random.</summary>
    public ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    /// <summary>The teacher's file, or null.</summary>
    public string? TeacherPath(ParseResult parsed) => parsed.GetValue(_teacher);

    /// <summary>The mask file, or null.</summary>
    public string? MaskPath(ParseResult parsed) => parsed.GetValue(_mask);

    /// <summary>The settings, checked.</summary>
    /// <exception cref="AuditException">Usage: values out of range, or options that contradict each other.</exception>
    public TrainingSettings Settings(ParseResult parsed)
    {
        var kind = ChoiceNames.Optimisers[parsed.GetRequiredValue(_optimiser)];
        if (kind != OptimiserKind.Sgd && ((Option[])[_momentum, _nesterov]).FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } idle)
            throw Bad(idle.Name, $"with --optimizer {ChoiceNames.Of(kind)}", "--optimizer sgd");
        if (TeacherPath(parsed) is null && ((Option[])[_temperature, _teacherWeight]).FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } alone)
            throw Bad(alone.Name, "without --teacher", "--teacher MODEL.onnx");
        if (parsed.GetValue(_zeros) && MaskPath(parsed) is not null) throw Bad("--mask", "with --keep-zeros", "one of the two");
        return new TrainingSettings
        {
            Epochs = parsed.GetValue(_epochs),
            Batch = parsed.GetValue(_batch),
            Rate = new LearningRate
            {
                Peak = parsed.GetValue(_rate),
                Kind = ChoiceNames.Schedules[parsed.GetRequiredValue(_schedule)],
                WarmUp = parsed.GetValue(_warmUp),
                Milestones = Epochs(parsed.GetValue(_milestones)),
                Factor = parsed.GetValue(_factor),
            },
            Optimiser = new OptimiserSettings
            {
                Kind = kind,
                Momentum = parsed.GetValue(_momentum),
                Nesterov = parsed.GetValue(_nesterov),
                WeightDecay = parsed.GetValue(_decay),
                Clip = parsed.GetValue(_clip),
            },
            Loss = new TrainingLoss(parsed.GetValue(_smoothing), TeacherPath(parsed) is null ? null : new Distillation(parsed.GetValue(_temperature), parsed.GetValue(_teacherWeight))),
            Augmentation = parsed.GetValue(_augment) is { } changes ? Augmentation.Parse(changes) : null,
            Start = parsed.GetValue(_start) is { } start ? ChoiceNames.Starts[start] : StartingWeights.File,
            Seed = parsed.GetValue(_seed),
            Held = parsed.GetValue(_zeros) ? HeldWeights.Zeros : MaskPath(parsed) is null ? HeldWeights.None : HeldWeights.Masked,
            Patience = parsed.GetValue(_patience),
        }.Validated();
    }

    private static int[] Epochs(string? text)
    {
        if (text is null) return [];
        var epochs = text.Split(',', StringSplitOptions.TrimEntries).Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var e) ? e : -1).ToArray();
        return epochs.All(e => e > 0) ? epochs : throw Bad("--milestones", $"'{text}'", "epochs from 1 on, separated by commas");
    }

    // Numbers are read with a decimal point whatever the system's culture.
    internal static Option<double> Number(string name, string what, string helpName, double fallback) =>
        new(name) { Description = what, HelpName = helpName, DefaultValueFactory = _ => fallback, CustomParser = r => Parsed(r.Tokens[0].Value, name) };

    internal static double Parsed(string text, string name) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw Bad(name, $"'{text}'", "a number with a decimal point");

    internal static Option<string> Choice(string name, string what, IEnumerable<string> choices, string fallback) =>
        new Option<string>(name) { Description = what, DefaultValueFactory = _ => fallback }.AcceptOnlyFromAmong([.. choices]);

    private static AuditException Bad(string option, string found, string expected) => new(AuditCode.Usage, option, found, expected, "Change the command line.");
}
