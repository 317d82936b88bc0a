namespace OnnxAudit.Corruptions;

/// <summary>Hue, saturation and value as scikit-image has them: all in [0,1], hue 0 and saturation 0 for greys.</summary>
internal static class Hsv
{
    /// <summary>Of red, green and blue in [0,1].</summary>
    public static (double H, double S, double V) Of(double r, double g, double b)
    {
        var v = Math.Max(r, Math.Max(g, b));
        var span = v - Math.Min(r, Math.Min(g, b));
        if (span == 0) return (0, 0, v);
        // A later test overrides an earlier one: blue before green before red on ties.
        var h = b == v ? 4 + (r - g) / span : g == v ? 2 + (b - r) / span : (g - b) / span;
        h /= 6;
        if (h < 0) h += 1;
        return (h, span / v, v);
    }

    /// <summary>Back to red, green and blue.</summary>
    public static (double R, double G, double B) ToRgb(double h, double s, double v)
    {
        var whole = Math.Floor(h * 6);
        var f = h * 6 - whole;
        var (p, q, t) = (v * (1 - s), v * (1 - f * s), v * (1 - (1 - f) * s));
        return ((int)whole % 6) switch
        {
            0 => (v, t, p),
            1 => (q, v, p),
            2 => (p, v, t),
            3 => (p, q, v),
            4 => (t, p, v),
            _ => (v, p, q),
        };
    }
}
