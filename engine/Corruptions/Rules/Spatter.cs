using System.Numerics.Tensors;

namespace OnnxAudit.Corruptions.Rules;

/// <summary>Drops of water, lit along their edges, or splashes of mud. Source: arXiv:1903.12261 and its generators.</summary>
internal static class Spatter
{
    private const int LowEdge = 50, HighEdge = 150;
    private const float Reach = 20;
    private const double FaintestMud = .8;

    public static void Apply(CorruptionCall call)
    {
        var (loc, scale, sigma, threshold, strength, mud) = call.Constant<(double, double, double, double, double, bool)>(
            [(.62, .1, .7, .7, .5, false), (.65, .1, .8, .7, .5, false), (.65, .3, 1, .69, .5, false), (.65, .1, .7, .69, .6, true), (.65, .1, .5, .68, .6, true)],
            [(.62, .1, .7, .7, .6, false), (.65, .1, .8, .7, .6, false), (.65, .3, 1, .69, .6, false), (.65, .1, .7, .68, .6, true), (.65, .1, .5, .67, .6, true)],
            [(.65, .3, 4, .69, .6, false), (.65, .3, 3, .68, .6, false), (.65, .3, 2, .68, .5, false), (.65, .3, 1, .65, 1.5, true), (.67, .4, 1, .65, 1.5, true)]);
        var layer = call.Doubles(call.Height * call.Width);
        call.NormalField(loc, scale, layer);
        GaussianFilter.Of(sigma).Apply(call, layer, call.Height, call.Width, 1);
        foreach (ref var liquid in layer)
        {
            if (liquid < threshold) liquid = 0;
        }

        var pixels = call.Floats(call.Image.Length);
        UnitPixels.ToFloats(call.Image, pixels);
        // MNIST-C's code has only the second branch.
        if (mud || call.Profile == CorruptionProfile.Mnist) Mud(call, layer, threshold, strength, pixels);
        else Water(call, layer, (float)strength, pixels);
    }

    private static void Water(CorruptionCall call, ReadOnlySpan<double> layer, float strength, Span<float> pixels)
    {
        var (height, width, channels) = (call.Height, call.Width, call.Channels);
        var drops = call.Bytes(layer.Length);
        // A drop above 1 becomes dark where the generator stores it in a byte.
        for (var i = 0; i < drops.Length; i++) drops[i] = call.Options.ClampLiquid ? (byte)Math.Min(255 * layer[i], 255) : (byte)(int)(255 * layer[i]);
        var light = call.Bytes(layer.Length);
        Light(call, drops, light);

        var mask = call.Floats(layer.Length);
        for (var i = 0; i < mask.Length; i++) mask[i] = drops[i] * light[i];
        var highest = TensorPrimitives.Max<float>(mask);
        // Without drops the generator divides by 0 and returns black; here the image stays.
        for (var i = 0; i < mask.Length; i++) mask[i] = highest > 0 ? mask[i] / highest * strength : 0;
        Span<double> colour = stackalloc double[channels];
        Colour(175, 238, 238, colour);
        for (int i = 0, at = 0; i < mask.Length; i++)
        {
            for (var c = 0; c < channels; c++, at++) pixels[at] += mask[i] * (float)colour[c];
        }

        call.Finish(pixels);
    }

    /// <summary>How each pixel is lit: by its distance to the drops' edges, embossed.</summary>
    private static void Light(CorruptionCall call, ReadOnlySpan<byte> drops, Span<byte> light)
    {
        var (height, width) = (call.Height, call.Width);
        var work = call.Ints(Math.Max(OpenCvCanny.Memory(height, width), ChamferDistance.Memory(height, width)));
        var other = call.Bytes(light.Length);
        OpenCvCanny.Apply(drops, light, height, width, LowEdge, HighEdge, work);
        var distance = call.Floats(light.Length);
        ChamferDistance.Apply(light, distance, height, width, work);
        foreach (ref var d in distance) d = Math.Min(d, Reach);
        BytePlane.Mean(distance, other, height, width);
        BytePlane.Equalise(other);
        BytePlane.Emboss(other, light, height, width);
        light.CopyTo(other);
        BytePlane.Mean(other, light, height, width);
    }

    private static void Mud(CorruptionCall call, Span<double> layer, double threshold, double strength, ReadOnlySpan<float> pixels)
    {
        foreach (ref var liquid in layer) liquid = liquid > threshold ? 1 : 0;
        GaussianFilter.Of(strength).Apply(call, layer, call.Height, call.Width, 1);
        var channels = call.Channels;
        Span<double> colour = stackalloc double[channels];
        if (call.Profile == CorruptionProfile.Mnist) colour.Fill(63 / 255.0);
        else Colour(63, 42, 20, colour);
        var values = call.Doubles(pixels.Length);
        for (int i = 0, at = 0; i < layer.Length; i++)
        {
            var mask = layer[i] < FaintestMud ? 0 : layer[i];
            for (var c = 0; c < channels; c++, at++) values[at] = (float)(pixels[at] * (1 - mask)) + colour[c] * mask;
        }

        call.Finish(values);
    }

    /// <summary>A colour over 255, or its grey for one channel.</summary>
    private static void Colour(double r, double g, double b, Span<double> into)
    {
        if (into.Length == 1) into[0] = Grey.OfSkimage(r, g, b) / 255;
        else (into[0], into[1], into[2]) = (r / 255, g / 255, b / 255);
    }
}
