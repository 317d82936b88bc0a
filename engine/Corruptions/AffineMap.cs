namespace OnnxAudit.Corruptions;

/// <summary>x' = A·x + B·y + C, y' = D·x + E·y + F.</summary>
internal readonly record struct AffineMap(double A, double B, double C, double D, double E, double F)
{
    /// <summary>The map that takes (x, y) to (toX, toY) for three corners: the second shares the first's x and the third's y.</summary>
    public static AffineMap Of((double X, double Y, double ToX, double ToY) first, (double X, double Y, double ToX, double ToY) corner, (double X, double Y, double ToX, double ToY) last)
    {
        var (acrossX, acrossY) = ((corner.ToX - last.ToX) / (corner.X - last.X), (corner.ToY - last.ToY) / (corner.X - last.X));
        var (downX, downY) = ((first.ToX - corner.ToX) / (first.Y - corner.Y), (first.ToY - corner.ToY) / (first.Y - corner.Y));
        return new AffineMap(acrossX, downX, corner.ToX - acrossX * corner.X - downX * corner.Y, acrossY, downY, corner.ToY - acrossY * corner.X - downY * corner.Y);
    }

    /// <summary>Where (x, y) goes.</summary>
    public (double X, double Y) At(double x, double y) => (A * x + B * y + C, D * x + E * y + F);

    /// <summary>The map back. Undefined when both axes fall into one line.</summary>
    public AffineMap Inverse()
    {
        var scale = 1 / (A * E - B * D);
        var (a, b, d, e) = (E * scale, B * -scale, D * -scale, A * scale);
        return new AffineMap(a, b, -a * C - b * F, d, e, -d * C - e * F);
    }
}
