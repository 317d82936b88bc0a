namespace OnnxAudit.Training;

/// <summary>How far a run has come, beside its weights: what a checkpoint needs to go on exactly.</summary>
internal sealed class TrainingMark
{
    /// <summary>Epochs that are done.</summary>
    public List<EpochResult> Epochs { get; init; } = [];

    /// <summary>Steps of the current epoch done.</summary>
    public int Step { get; private set; }

    /// <summary>Sum of the losses of its samples.</summary>
    public double LossSum { get; private set; }

    /// <summary>Its samples classified right.</summary>
    public long Correct { get; private set; }

    /// <summary>Its samples seen.</summary>
    public long Seen { get; private set; }

    /// <summary>The rate of the last step.</summary>
    public double Rate { get; private set; }

    /// <summary>The weights of the best epoch, kept for early stopping.</summary>
    public BestWeights? Best { get; set; }

    /// <summary>Mean loss of the current epoch.</summary>
    public double MeanLoss => Seen == 0 ? 0 : LossSum / Seen;

    /// <summary>Share right in the current epoch.</summary>
    public double Accuracy => Seen == 0 ? 0 : (double)Correct / Seen;

    /// <summary>A mark within an epoch.</summary>
    public static TrainingMark At(List<EpochResult> epochs, int step, double lossSum, long correct, long seen, double rate, BestWeights? best) =>
        new() { Epochs = epochs, Step = step, LossSum = lossSum, Correct = correct, Seen = seen, Rate = rate, Best = best };

    /// <summary>Counts a step.</summary>
    public void Add(StepResult result, int samples, double rate)
    {
        Step++;
        LossSum += result.Loss * samples;
        Correct += result.Correct;
        Seen += samples;
        Rate = rate;
    }

    /// <summary>Ends the epoch.</summary>
    public void Finish(EpochResult result)
    {
        Epochs.Add(result);
        (Step, LossSum, Correct, Seen) = (0, 0, 0, 0);
    }
}

/// <summary>A copy of what is trained and of the statistics.</summary>
internal sealed record BestWeights(int Epoch, double Accuracy, float[] Weights, float[] Statistics)
{
    /// <summary>Copies what a session holds.</summary>
    public static BestWeights Of(TrainingSession session, int epoch, double accuracy) =>
        new(epoch, accuracy, session.Trained.All.ToArray(), session.State.Statistics.All.ToArray());

    /// <summary>Puts the copy back.</summary>
    public void Restore(TrainingSession session)
    {
        Weights.CopyTo(session.Trained.All);
        Statistics.CopyTo(session.State.Statistics.All);
        session.Begin(Epoch - 1);
    }
}
