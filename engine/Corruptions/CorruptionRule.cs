namespace OnnxAudit.Corruptions;

/// <summary>Writes <see cref="CorruptionCall.Output"/> from <see cref="CorruptionCall.Image"/>; every value of it. Keeps nothing of the call.</summary>
public delegate void CorruptionRule(CorruptionCall call);
