using System.Numerics;
using System.Numerics.Tensors;

namespace OnnxAudit.Corruptions.Rules;

/// <summary>A cloud map added to every channel, the whole scaled back to the image's own maximum. Source: arXiv:1903.12261 and its generators.</summary>
internal static class Fog
{
    public static void Apply(CorruptionCall call)
    {
        var (strength, decay) = call.Constant<(double, double)>(
            [(.2, 3), (.5, 3), (.75, 2.5), (1, 2), (1.5, 1.75)], [(.4, 3), (.7, 3), (1, 2.5), (1.5, 2), (2, 1.75)], [(1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)]);
        var side = call.Profile switch
        {
            CorruptionProfile.Cifar => 32,
            CorruptionProfile.Tiny => 64,
            CorruptionProfile.ImageNet or CorruptionProfile.Mnist => 256,
            _ => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(call.Height, call.Width)),
        };
        var map = call.Doubles(side * side);
        Plasma.Fill(map, side, decay, call.Draws, call.Doubles(side * side));

        var values = call.Doubles(call.Image.Length);
        UnitPixels.ToDoubles(call.Image, values);
        var highest = TensorPrimitives.Max<double>(values);
        var channels = call.Channels;
        for (int y = 0, at = 0; y < call.Height; y++)
        {
            foreach (var cloud in map.Slice(y * side, call.Width))
            {
                for (var c = 0; c < channels; c++, at++) values[at] = (values[at] + strength * cloud) * highest / (highest + strength);
            }
        }

        call.Finish(values);
    }
}
