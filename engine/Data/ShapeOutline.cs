namespace OnnxAudit.Data;

/// <summary>
/// The ten shapes of synthetic:shapes as distances: negative inside, positive outside, in units of the shape's radius.
/// Only + − × ÷ and square roots, which IEEE 754 rounds exactly, so every machine paints the same pixels.
/// </summary>
internal static class ShapeOutline
{
    /// <summary>Class names by label.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["disc", "ring", "square", "triangle", "cross", "star", "crescent", "bars-horizontal", "bars-vertical", "checker"];

    /// <summary>Cosine and sine of 36 degrees, and half the square root of 3.</summary>
    private const float Cos36 = 0.809017f, Sin36 = 0.58778525f, Sqrt3Half = 0.8660254f;

    /// <summary>Distance of (x, y) to the outline of shape <paramref name="kind"/>; <paramref name="form"/> in [0,1) varies its proportions.</summary>
    public static float Distance(int kind, float x, float y, float form) => kind switch
    {
        0 => Disc(x, y, 0.92f),
        1 => MathF.Abs(Disc(x, y, 0.74f)) - (0.16f + 0.10f * form),
        2 => Box(x, y, 0.80f, 0.70f + 0.10f * form),
        3 => MathF.Max(Sqrt3Half * MathF.Abs(x) + 0.5f * y, -y) - 0.52f,
        4 => MathF.Min(Box(x, y, 0.92f, 0.22f + 0.12f * form), Box(x, y, 0.22f + 0.12f * form, 0.92f)),
        5 => Star(x, y, 0.42f + 0.08f * form),
        6 => MathF.Max(Disc(x, y, 0.95f), -Disc(x - 0.42f - 0.12f * form, y, 0.78f)),
        7 => MathF.Max(Box(x, y, 0.85f, 0.85f), Bars(y, 0.56f + 0.10f * form)),
        8 => MathF.Max(Box(x, y, 0.85f, 0.85f), Bars(x, 0.56f + 0.10f * form)),
        9 => MathF.Max(Box(x, y, 0.85f, 0.85f), Checker(x, y, 0.50f + 0.08f * form)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static float Disc(float x, float y, float radius) => MathF.Sqrt(x * x + y * y) - radius;

    private static float Box(float x, float y, float halfWidth, float halfHeight) => MathF.Max(MathF.Abs(x) - halfWidth, MathF.Abs(y) - halfHeight);

    /// <summary>Distance from the middle of the nearest bar of a pattern with the given period, less a quarter period.</summary>
    private static float Bars(float x, float period)
    {
        var turns = x / period;
        return MathF.Abs(turns - MathF.Floor(turns + 0.5f)) * period - 0.25f * period;
    }

    private static float Checker(float x, float y, float cell)
    {
        var (dx, dy) = (Bars(x, 2 * cell), Bars(y, 2 * cell));
        var nearest = MathF.Min(MathF.Abs(dx), MathF.Abs(dy));
        return dx < 0 == dy < 0 ? -nearest : nearest;
    }

    /// <summary>Five points: mirrors the plane onto the tenth of the star beside the tip (0, 1), then measures to the edge from there to the inner corner.</summary>
    private static float Star(float x, float y, float inner)
    {
        x = MathF.Abs(x);
        for (var fold = 0; fold < 2; fold++)
        {
            var side = x * Cos36 - y * Sin36; // of the mirror line at 54 degrees
            if (side > 0) (x, y) = (x - 2 * side * Cos36, y + 2 * side * Sin36);
            x = MathF.Abs(x);
        }

        var (ex, ey) = (inner * Sin36, inner * Cos36 - 1);
        return ((y - 1) * ex - x * ey) / MathF.Sqrt(ex * ex + ey * ey);
    }
}
