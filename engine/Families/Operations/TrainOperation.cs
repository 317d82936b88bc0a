using System.Globalization;
using OnnxAudit.Files;
using OnnxAudit.Training;

namespace OnnxAudit.Families.Operations;

/// <summary>train: weights trained, from the parent's or from scratch.</summary>
internal static class TrainOperation
{
    /// <summary>The parameters of every operation that trains, in the order of the command line.</summary>
    public static IReadOnlyList<OperationParameter> Parameters { get; } =
    [
        new("data", ParameterKind.Data), new("test", ParameterKind.Data), new("epochs"), new("batch"), new("lr"), new("schedule"), new("warmup"), new("milestones", ParameterKind.List),
        new("factor"), new("optimizer"), new("momentum"), new("nesterov"), new("weight-decay"), new("clip"), new("augment", ParameterKind.List), new("label-smoothing"),
        new("early-stop"), new("preprocess", ParameterKind.Settings), new("head"), new("seed"),
    ];

    /// <summary>Those of learning from a teacher.</summary>
    public static IReadOnlyList<OperationParameter> Distilling { get; } = [new("teacher", ParameterKind.Model), new("temperature"), new("teacher-weight")];

    /// <summary>The row.</summary>
    public static Operation Row { get; } = new("train", [.. Parameters, .. Distilling, new("init"), new("keep-zeros"), new("mask", ParameterKind.File)], Check, Run) { WeightCopies = 10 };

    private static void Check(OperationCall call)
    {
        var request = Request(call);
        if (call.ParentPath is null) ModelTraining.CheckSettings(request);
        else ModelTraining.Check(request);
    }

    private static IReadOnlyList<string> Run(OperationCall call)
    {
        var progress = call.Progress is { } told ? new Progress(told) : null;
        return ModelTraining.Run(Request(call) with { Checkpoint = call.WorkFolder, Resume = call.WorkFolder is not null }, progress, call.Cancellation).Notes;
    }

    /// <summary>The training that the arguments ask for.</summary>
    internal static TrainingRequest Request(OperationCall call) => new(
        call.ParentPath ?? "", call.OutPath, call.Data("data", "labelled images to learn from"), Settings(call), call.Means.Runtime, call.Means.Clock, call.Means.ToolVersion)
    {
        Test = call.Arguments.Text("test"),
        Preprocessing = call.Preprocessing(),
        Head = call.Arguments.Text("head"),
        MaskPath = call.Arguments.Text("mask"),
        TeacherPath = call.Arguments.Text("teacher"),
        Threads = call.Means.Threads,
    };

    /// <summary>The settings that the arguments of a training ask for; absent ones have the command line's defaults.</summary>
    /// <exception cref="AuditException">Invalid: values of another kind. Usage: unknown names, or values that contradict each other.</exception>
    internal static TrainingSettings Settings(OperationCall call)
    {
        var fields = call.Arguments;
        var kind = call.Choice("optimizer", ChoiceNames.Optimisers, OptimiserKind.Sgd);
        if (kind != OptimiserKind.Sgd && new[] { "momentum", "nesterov" }.FirstOrDefault(n => fields.Element(n) is not null) is { } idle)
            throw fields.Wrong(idle, $"with optimizer {ChoiceNames.Of(kind)}", "optimizer sgd");
        var (zeros, masked) = (fields.Flag("keep-zeros") ?? false, fields.Text("mask") is not null);
        if (zeros && masked) throw fields.Wrong("mask", "with keep-zeros", "one of the two");
        var changes = fields.Texts("augment");
        return new TrainingSettings
        {
            Epochs = fields.Element("epochs") is null ? throw fields.Wrong("epochs", "nothing", "a whole number from 1 on") : call.Whole("epochs", 0),
            Batch = call.Whole("batch", 128),
            Rate = new LearningRate
            {
                Peak = fields.Number("lr") ?? 0.1,
                Kind = call.Choice("schedule", ChoiceNames.Schedules, ScheduleKind.Cosine),
                WarmUp = fields.Number("warmup") ?? 0,
                Milestones = [.. fields.Numbers("milestones").Select(m => Epoch(call, m))],
                Factor = fields.Number("factor") ?? 0.1,
            },
            Optimiser = new OptimiserSettings
            {
                Kind = kind,
                Momentum = fields.Number("momentum") ?? 0.9,
                Nesterov = fields.Flag("nesterov") ?? false,
                WeightDecay = fields.Number("weight-decay") ?? 0,
                Clip = fields.Number("clip"),
            },
            Loss = new TrainingLoss(fields.Number("label-smoothing") ?? 0, Distillation(fields)),
            Augmentation = changes.Count > 0 ? Augmentation.Parse(string.Join(',', changes)) : null,
            Start = call.Choice("init", ChoiceNames.Starts, StartingWeights.File),
            Seed = call.Seed(),
            Held = zeros ? HeldWeights.Zeros : masked ? HeldWeights.Masked : HeldWeights.None,
            Patience = fields.Element("early-stop") is null ? null : call.Whole("early-stop", 0),
        }.Validated();
    }

    private static Distillation? Distillation(JsonFields fields)
    {
        if (fields.Text("teacher") is not null) return new Distillation(fields.Number("temperature") ?? 4, fields.Number("teacher-weight") ?? 0.9);
        return new[] { "temperature", "teacher-weight" }.FirstOrDefault(n => fields.Element(n) is not null) is { } alone ? throw fields.Wrong(alone, "without teacher", "a teacher") : null;
    }

    private static int Epoch(OperationCall call, double milestone) => milestone is >= 1 and <= 1_000_000 && milestone == Math.Floor(milestone) ? (int)milestone
        : throw call.Arguments.Wrong("milestones", milestone.ToString(CultureInfo.InvariantCulture), "epochs from 1 on");

    /// <summary>A training's progress as an operation's.</summary>
    internal sealed class Progress(IProgress<OperationProgress> told) : IProgress<TrainingProgress>
    {
        /// <inheritdoc/>
        public void Report(TrainingProgress value) => told.Report(new OperationProgress(
            Share(value),
            string.Create(CultureInfo.InvariantCulture, $"{(value.Round is { } round ? $"round {round.Number}/{round.Of} " : "")}epoch {value.Epoch}/{value.Epochs} loss {value.Loss:0.0000} {value.ImagesPerSecond:0} images/s")));

        private static double Share(TrainingProgress value)
        {
            var share = value.Steps == 0 ? 1 : (value.Finished is null ? value.Epoch - 1 + (double)value.Step / value.Steps : value.Epoch) / value.Epochs;
            return value.Round is { } round ? (round.Number - 1 + share) / round.Of : share;
        }
    }
}
