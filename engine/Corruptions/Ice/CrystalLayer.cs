namespace OnnxAudit.Corruptions.Ice;

/// <summary>Ice crystals: seeds with needles that fade along their length and carry side needles at ±60°. On a torus, brightness 0 to 1.</summary>
internal static class CrystalLayer
{
    private const int FewestSeeds = 400, MostSeeds = 900, FewestNeedles = 4, MostNeedles = 8, ShortestNeedle = 10, LongestNeedle = 80;

    /// <summary>Pixels between side needles, and how long they are beside what is left of theirs.</summary>
    private const int SideDistance = 12;
    private const double SideLength = .35;

    /// <summary>Draws over a plane [side,side] of zeros.</summary>
    public static void Draw(Span<float> plane, int side, CorruptionDraws draws)
    {
        var seeds = FewestSeeds + draws.Integer(MostSeeds - FewestSeeds + 1);
        for (var i = 0; i < seeds; i++)
        {
            var (x, y) = (draws.Uniform(0, side), draws.Uniform(0, side));
            var needles = FewestNeedles + draws.Integer(MostNeedles - FewestNeedles + 1);
            for (var k = 0; k < needles; k++)
            {
                var (dx, dy) = Direction(draws);
                var needle = new Needle(x, y, dx, dy, draws.Uniform(ShortestNeedle, LongestNeedle), draws.Uniform(1, 2), draws.Uniform(.5, 1));
                needle.Draw(plane, side);
                for (var at = SideDistance; at < needle.Length - SideDistance; at += SideDistance)
                {
                    needle.Side(at, SideLength, 1).Draw(plane, side);
                    needle.Side(at, SideLength, -1).Draw(plane, side);
                }
            }
        }
    }

    /// <summary>A direction, every one alike: a point of the unit disk, put on its edge.</summary>
    private static (double X, double Y) Direction(CorruptionDraws draws)
    {
        while (true)
        {
            var (x, y) = (draws.Uniform(-1, 1), draws.Uniform(-1, 1));
            var square = x * x + y * y;
            if (square is > 0.01 and <= 1) return (x / Math.Sqrt(square), y / Math.Sqrt(square));
        }
    }

    private readonly record struct Needle(double X, double Y, double Dx, double Dy, double Length, double Width, double Brightness)
    {
        private const double HalfRoot3 = 0.86602540378443865;

        /// <summary>The needle that leaves this one at a distance from its root, turned by 60° to one side.</summary>
        public Needle Side(double at, double length, int side)
        {
            var (dx, dy) = (Dx / 2 - side * HalfRoot3 * Dy, side * HalfRoot3 * Dx + Dy / 2);
            var left = 1 - at / Length;
            return new Needle(X + at * Dx, Y + at * Dy, dx, dy, length * left * Length, 1, Brightness * left);
        }

        public void Draw(Span<float> plane, int side)
        {
            for (double at = 0; at <= Length; at += 0.5)
            {
                var (x, y, light) = (X + at * Dx, Y + at * Dy, Brightness * (1 - at / Length));
                var (x0, y0) = ((int)Math.Floor(x), (int)Math.Floor(y));
                for (var v = y0 - 1; v <= y0 + 2; v++)
                {
                    for (var u = x0 - 1; u <= x0 + 2; u++)
                    {
                        // A pixel is as bright as the part of it the needle's width covers.
                        var distance = Math.Sqrt((u - x) * (u - x) + (v - y) * (v - y));
                        var value = (float)(light * Math.Clamp(Width / 2 + 0.5 - distance, 0, 1));
                        ref var pixel = ref plane[(v & (side - 1)) * side + (u & (side - 1))];
                        pixel = Math.Max(pixel, value);
                    }
                }
            }
        }
    }
}
