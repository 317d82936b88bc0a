namespace OnnxAudit.Comparison.Embedding;

/// <summary>The membership of a distance r of the layout, 1/(1 + a·r^2b).</summary>
internal readonly record struct UmapCurve(double A, double B)
{
    private const int Points = 300, MostSteps = 200;

    /// <summary>The least-squares fit, on 300 points of [0, 3·spread], to 1 below minDistance and exp(−(r − minDistance)/spread) beyond (Levenberg and Marquardt).</summary>
    public static UmapCurve Fit(double minDistance, double spread)
    {
        var curve = new UmapCurve(1, 1);
        var error = Normal(curve, minDistance, spread, out var aa, out var ab, out var bb, out var ra, out var rb);
        var damping = 1e-3;
        for (var step = 0; step < MostSteps; step++)
        {
            var (daa, dbb) = (aa * (1 + damping), bb * (1 + damping));
            var determinant = daa * dbb - ab * ab;
            var tried = new UmapCurve(curve.A + (dbb * ra - ab * rb) / determinant, curve.B + (daa * rb - ab * ra) / determinant);
            var after = Normal(tried, minDistance, spread, out var taa, out var tab, out var tbb, out var tra, out var trb);
            if (after < error)
            {
                var moved = Math.Max(Math.Abs(tried.A - curve.A), Math.Abs(tried.B - curve.B));
                (curve, error, aa, ab, bb, ra, rb, damping) = (tried, after, taa, tab, tbb, tra, trb, damping / 10);
                if (moved < 1e-12) break;
            }
            else if ((damping *= 10) > 1e12) break;
        }

        return curve;
    }

    // Squared error, and the normal equations' matrix and right side.
    private static double Normal(UmapCurve curve, double minDistance, double spread, out double aa, out double ab, out double bb, out double ra, out double rb)
    {
        (aa, ab, bb, ra, rb) = (0, 0, 0, 0, 0);
        var error = 0.0;
        for (var i = 0; i < Points; i++)
        {
            var r = 3 * spread * i / (Points - 1);
            var power = r == 0 ? 0 : Math.Pow(r, 2 * curve.B);
            var value = 1 / (1 + curve.A * power);
            var residual = (r < minDistance ? 1 : Math.Exp(-(r - minDistance) / spread)) - value;
            var da = -power * value * value;
            var db = r == 0 ? 0 : da * curve.A * 2 * Math.Log(r);
            error += residual * residual;
            (aa, ab, bb, ra, rb) = (aa + da * da, ab + da * db, bb + db * db, ra + da * residual, rb + db * residual);
        }

        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }
}
