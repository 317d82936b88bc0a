namespace OnnxAudit.Compression.Structured;

/// <summary>Where a value's channels lie: index i of <paramref name="Axis"/> holds channel <paramref name="Ids"/>[i].</summary>
/// <param name="Axis">An axis of the value, never the batch.</param>
/// <param name="Ids">An identity per index; one may stand several times, as behind a Flatten.</param>
internal sealed record ChannelMap(int Axis, int[] Ids);
