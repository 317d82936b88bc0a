namespace OnnxAudit.Training;

/// <summary>What one epoch came to.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Rate">The learning rate of its last step.</param>
/// <param name="Loss">Mean training loss, each batch before its step, changes of images and label smoothing included.</param>
/// <param name="Accuracy">Share of the samples classified right on the way.</param>
/// <param name="Test">On the test data, after the epoch; null without.</param>
public sealed record EpochResult(int Epoch, double Rate, double Loss, double Accuracy, EvaluationResult? Test);

/// <summary>Where a run stands.</summary>
/// <param name="Epoch">The epoch being worked on, from 1.</param>
/// <param name="Epochs">Of how many.</param>
/// <param name="Step">Steps of it done.</param>
/// <param name="Steps">Of how many.</param>
/// <param name="Loss">Mean loss of the epoch so far.</param>
/// <param name="Accuracy">Share right so far.</param>
/// <param name="ImagesPerSecond">Since the run was started or resumed, steps alone.</param>
/// <param name="Left">Time the remaining steps take at that pace.</param>
/// <param name="Finished">The epoch that has just ended; null within one.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, int Step, int Steps, double Loss, double Accuracy, double ImagesPerSecond, TimeSpan Left, EpochResult? Finished = null)
{
    /// <summary>The round the epochs are of; null where a run has no rounds.</summary>
    public RoundPlace? Round { get; init; }
}

/// <summary>A round among others.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Of">How many there are.</param>
public readonly record struct RoundPlace(int Number, int Of);
