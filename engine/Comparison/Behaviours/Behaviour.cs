namespace OnnxAudit.Comparison.Behaviours;

/// <summary>How a change of a behaviour is tested.</summary>
public enum BehaviourTest
{
    /// <summary>Not at all: a distance is never below zero, so its mean says nothing of chance.</summary>
    None,

    /// <summary>McNemar's exact two-sided test of lost against gained samples.</summary>
    McNemar,

    /// <summary>The two-sided paired t-test.</summary>
    PairedT,
}

/// <summary>One comparison metric over all samples.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Test">How its mean is tested.</param>
/// <param name="Base">Under the base model, [n]; null for a metric that exists between two models only.</param>
/// <param name="Model">Under the model, [n]; null likewise.</param>
/// <param name="Comparison">The model against its base, [n]: the difference, unless the metric is something else by name.</param>
public sealed record Behaviour(string Name, BehaviourTest Test, float[]? Base, float[]? Model, float[] Comparison);
