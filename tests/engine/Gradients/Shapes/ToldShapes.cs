using System.Globalization;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Gradients.Shapes;

/// <summary>Compares what <see cref="ShapeFacts"/> tells of a value with what a run made.</summary>
internal static class ToldShapes
{
    /// <summary>Element type, rank and every size agree; symbols are <paramref name="batch"/> and its multiples, whose size is <paramref name="samples"/>.</summary>
    public static void Hold(ShapeFacts facts, Value value, ElementType element, ReadOnlySpan<long> made, string batch = "batch", long samples = 0)
    {
        var told = facts.TypeOf(value);
        var where = $"{value} of {value.Producer}: told {told}, made {element} [{string.Join(',', made.ToArray())}]";
        Assert.True(told?.Shape is not null && told.Element == element && told.Shape.Count == made.Length, where);
        for (var axis = 0; axis < made.Length; axis++) Assert.True(Size(told.Shape[axis], batch, samples) == made[axis], where);
    }

    private static long? Size(Dim told, string batch, long samples)
    {
        if (told.Size is { } size) return size;
        if (told.Symbol == batch) return samples;
        return told.Symbol!.Split('*') is [var factor, var symbol] && symbol == batch && long.TryParse(factor, CultureInfo.InvariantCulture, out var times) ? times * samples : null;
    }
}
