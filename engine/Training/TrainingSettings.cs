using System.Globalization;

namespace OnnxAudit.Training;

/// <summary>What is held fixed at 0 while the rest is trained.</summary>
public enum HeldWeights
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Every prunable weight that is 0 in the file.</summary>
    Zeros,

    /// <summary>What a mask file removes.</summary>
    Masked,
}

/// <summary>Every decision of a training run.</summary>
public sealed record TrainingSettings
{
    /// <summary>Passes over the training data.</summary>
    public required int Epochs { get; init; }

    /// <summary>Samples of a step; the last of an epoch may be smaller, but one sample alone is left out.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>The rate of every step.</summary>
    public required LearningRate Rate { get; init; }

    /// <summary>The optimiser's constants.</summary>
    public OptimiserSettings Optimiser { get; init; } = new();

    /// <summary>What is minimised.</summary>
    public TrainingLoss Loss { get; init; } = new();

    /// <summary>Random changes of the images; null: none.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>Where weights start.</summary>
    public StartingWeights Start { get; init; }

    /// <summary>Seed of everything random: order, changes of images, starting weights.</summary>
    public ulong Seed { get; init; }

    /// <summary>What stays 0.</summary>
    public HeldWeights Held { get; init; }

    /// <summary>Epochs in a row without a better test accuracy after which the run ends; the best epoch's weights are kept. Null: to the end, and the last.</summary>
    public int? Patience { get; init; }

    /// <summary>These settings, checked.</summary>
    /// <exception cref="AuditException">Usage: out of range.</exception>
    public TrainingSettings Validated()
    {
        if (Epochs is < 1 or > 1_000_000) throw Bad("epochs", Epochs, "1 to 1000000");
        if (Batch < 1) throw Bad("batch", Batch, "1 or more");
        if (Patience is < 1) throw Bad("early stop", Patience.Value, "1 epoch or more");
        Rate.Validated(Epochs);
        Optimiser.Validated();
        Loss.Validated();
        return this;
    }

    /// <summary>The settings as lineage parameters, in a fixed order; what is off is left out.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters()
    {
        var all = new List<KeyValuePair<string, string>>();
        Add("epochs", Epochs);
        Add("batch", Batch);
        Add("lr", Rate.Peak);
        Add("schedule", ChoiceNames.Of(Rate.Kind));
        if (Rate.WarmUp > 0) Add("warmup", Rate.WarmUp);
        if (Rate.Milestones.Count > 0) Add("milestones", string.Join(',', Rate.Milestones));
        if (Rate.Kind == ScheduleKind.Step) Add("factor", Rate.Factor);
        Add("optimizer", ChoiceNames.Of(Optimiser.Kind));
        if (Optimiser.Kind == OptimiserKind.Sgd) Add("momentum", Optimiser.Momentum);
        else Add("betas", string.Create(CultureInfo.InvariantCulture, $"{Optimiser.Beta1},{Optimiser.Beta2}"));
        if (Optimiser.Kind == OptimiserKind.Sgd && Optimiser.Nesterov) Add("nesterov", "true");
        if (Optimiser.WeightDecay > 0) Add("weight-decay", Optimiser.WeightDecay);
        if (Optimiser.Clip is { } clip) Add("clip", clip);
        if (Loss.LabelSmoothing > 0) Add("label-smoothing", Loss.LabelSmoothing);
        if (Loss.Distillation is { } teacher) Add("temperature", teacher.Temperature);
        if (Loss.Distillation is { } share) Add("teacher-weight", share.Weight);
        if (Augmentation is { } changes) Add("augment", changes);
        if (Start != StartingWeights.File) Add("init", ChoiceNames.Of(Start));
        if (Held != HeldWeights.None) Add("held", Held == HeldWeights.Zeros ? "zeros" : "masked");
        if (Patience is { } patience) Add("early-stop", patience);
        Add("seed", Seed);
        return all;

        void Add(string name, object value) => all.Add(new(name, Convert.ToString(value, CultureInfo.InvariantCulture)!));
    }

    private static AuditException Bad(string what, long found, string expected) =>
        new(AuditCode.Usage, what, found.ToString(CultureInfo.InvariantCulture), expected, "Change the value.");
}
