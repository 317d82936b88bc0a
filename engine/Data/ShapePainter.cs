using OnnxAudit.Kernels;

namespace OnnxAudit.Data;

/// <summary>
/// Paints the samples of synthetic:shapes: a two-colour gradient, up to two dots, the shape (rotated, scaled, shaded, anti-aliased over one
/// pixel), up to one bar across it, and noise. Arithmetic is + − × ÷ √ in float32 in a fixed order: the same bytes on every machine.
/// </summary>
internal sealed class ShapePainter(Philox philox, float difficulty)
{
    /// <summary>Raised whenever the same parameters would paint other pixels; part of the digest.</summary>
    public const string Version = "shapes-1";

    /// <summary>Width and height of an image.</summary>
    public const int Side = 32;

    /// <summary>Class names by label.</summary>
    public static IReadOnlyList<string> ClassNames => ShapeOutline.Names;

    /// <summary>Paints sample <paramref name="sample"/>, whose class is <paramref name="kind"/>, into [32,32,3].</summary>
    public void Paint(int sample, int kind, Span<byte> pixels)
    {
        var draw = new DrawStream(philox, (ulong)sample);
        Span<float> canvas = stackalloc float[Side * Side * 3];
        var ground = PaintGround(ref draw, canvas);
        var dots = (int)(draw.Unit() * (1 + 2 * difficulty));
        for (var i = 0; i < dots; i++) PaintDot(ref draw, canvas, ground);
        var (x, y, radius) = PaintShape(ref draw, canvas, kind, ground);
        if (draw.Unit() < 0.7f * difficulty) PaintBar(ref draw, canvas, x, y, radius);
        AddNoise(ref draw, canvas, pixels);
    }

    private float Mix(float easy, float hard) => easy + (hard - easy) * difficulty;

    /// <summary>Two colours and the direction between them; returns the middle colour.</summary>
    private Colour PaintGround(ref DrawStream draw, Span<float> canvas)
    {
        var middle = new Colour(draw.Between(60, 195), draw.Between(60, 195), draw.Between(60, 195));
        var slope = Colour.Direction(ref draw).Times(Mix(10, 36));
        var (cos, sin) = Turn(draw.Between(-1, 1), draw.Unit() < 0.5f);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var t = ((x - 15.5f) * cos + (y - 15.5f) * sin) / 22f;
                middle.Plus(slope.Times(t)).CopyTo(canvas[((y * Side + x) * 3)..]);
            }
        }

        return middle;
    }

    private void PaintDot(ref DrawStream draw, Span<float> canvas, Colour ground)
    {
        var (x, y, radius) = (draw.Between(1, 31), draw.Between(1, 31), draw.Between(1, 2.5f));
        var colour = ground.Plus(Colour.Direction(ref draw).Times(draw.Between(40, 120)));
        Blend(canvas, x, y, radius, colour, (dx, dy) => MathF.Sqrt(dx * dx + dy * dy) - radius);
    }

    private (float X, float Y, float Radius) PaintShape(ref DrawStream draw, Span<float> canvas, int kind, Colour ground)
    {
        var radius = draw.Between(Mix(9, 6.7f), Mix(13, 12));
        var room = MathF.Max(0, 15.5f - 0.85f * radius);
        var (x, y) = (15.5f + room * draw.Between(-1, 1), 15.5f + room * draw.Between(-1, 1));
        var colour = ground.Plus(Colour.Direction(ref draw).Times(draw.Between(Mix(120, 56), Mix(200, 130))));
        var form = draw.Unit();
        var stretch = 1 + Mix(0.04f, 0.18f) * draw.Between(-1, 1);
        // Bars keep their direction to within 20 degrees, as it is what tells the two apart; the others turn freely.
        var (cos, sin) = kind is 7 or 8 ? Turn(draw.Between(-0.17f, 0.17f), false) : Turn(draw.Between(-1, 1), draw.Unit() < 0.5f);
        Blend(canvas, x, y, 1.3f * radius, colour, (dx, dy) =>
            ShapeOutline.Distance(kind, (dx * cos + dy * sin) / radius * stretch, (dy * cos - dx * sin) / radius / stretch, form) * radius);
        return (x, y, radius);
    }

    /// <summary>A bar of any colour across part of the shape.</summary>
    private void PaintBar(ref DrawStream draw, Span<float> canvas, float x, float y, float radius)
    {
        var half = draw.Between(0.8f, Mix(1.5f, 3));
        var offset = radius * draw.Between(-0.8f, 0.8f);
        var (cos, sin) = Turn(draw.Between(-1, 1), draw.Unit() < 0.5f);
        var colour = new Colour(draw.Between(30, 225), draw.Between(30, 225), draw.Between(30, 225));
        Blend(canvas, x, y, 2 * Side, colour, (dx, dy) => MathF.Abs(dx * cos + dy * sin - offset) - half);
    }

    /// <summary>Noise whose four-fold sum of bytes is close to normal, then rounding to nearest and clipping to 0 … 255.</summary>
    private void AddNoise(ref DrawStream draw, ReadOnlySpan<float> canvas, Span<byte> pixels)
    {
        var scale = Mix(3, 26) / 147.8f; // the sum of four uniform bytes has mean 510 and standard deviation 147.8
        for (var i = 0; i < canvas.Length; i++)
        {
            var word = draw.Word();
            var sum = (int)((word & 255) + ((word >> 8) & 255) + ((word >> 16) & 255) + (word >> 24)) - 510;
            pixels[i] = (byte)Math.Clamp((int)MathF.Floor(canvas[i] + sum * scale + 0.5f), 0, 255);
        }
    }

    /// <summary>Cosine and sine of an angle in [−90°, 90°] from the tangent of its half, turned by 180° when asked. No library function, so exact everywhere.</summary>
    private static (float Cos, float Sin) Turn(float halfTangent, bool opposite)
    {
        var scale = (opposite ? -1f : 1f) / (1 + halfTangent * halfTangent);
        return ((1 - halfTangent * halfTangent) * scale, 2 * halfTangent * scale);
    }

    /// <summary>Mixes a colour into the pixels within <paramref name="reach"/> of (x, y) by how far inside the outline their centres lie, in pixels.</summary>
    private static void Blend(Span<float> canvas, float x, float y, float reach, Colour colour, Func<float, float, float> distance)
    {
        var (left, right) = (Math.Max(0, (int)MathF.Floor(x - reach - 1)), Math.Min(Side - 1, (int)MathF.Floor(x + reach + 2)));
        var (top, bottom) = (Math.Max(0, (int)MathF.Floor(y - reach - 1)), Math.Min(Side - 1, (int)MathF.Floor(y + reach + 2)));
        for (var row = top; row <= bottom; row++)
        {
            for (var column = left; column <= right; column++)
            {
                var cover = Math.Clamp(0.5f - distance(column - x, row - y), 0f, 1f);
                if (cover > 0) colour.MixInto(canvas.Slice((row * Side + column) * 3, 3), cover);
            }
        }
    }

    private readonly record struct Colour(float R, float G, float B)
    {
        /// <summary>A random colour difference of length 1.</summary>
        public static Colour Direction(ref DrawStream draw)
        {
            var (r, g, b) = (draw.Between(-1, 1), draw.Between(-1, 1), draw.Between(-1, 1));
            var length = MathF.Max(0.01f, MathF.Sqrt(r * r + g * g + b * b));
            return new Colour(r / length, g / length, b / length);
        }

        public Colour Times(float factor) => new(R * factor, G * factor, B * factor);

        public Colour Plus(Colour other) => new(R + other.R, G + other.G, B + other.B);

        public void CopyTo(Span<float> pixel) => (pixel[0], pixel[1], pixel[2]) = (R, G, B);

        public void MixInto(Span<float> pixel, float cover)
        {
            pixel[0] += (R - pixel[0]) * cover;
            pixel[1] += (G - pixel[1]) * cover;
            pixel[2] += (B - pixel[2]) * cover;
        }
    }
}
