namespace OnnxAudit.Corruptions.Rules;

/// <summary>Movement in a direction drawn from −45° to 45°. Source: arXiv:1903.12261 and its generators.</summary>
internal static class MotionBlur
{
    public static void Apply(CorruptionCall call)
    {
        var (radius, sigma) = call.Constant<(double, double)>(
            [(6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5)], [(10, 1), (10, 1.5), (10, 2), (10, 2.5), (12, 3)], [(10, 3), (15, 5), (15, 8), (15, 12), (20, 15)]);
        var angle = call.Draws.Uniform(-45, 45);
        var sums = call.Doubles(call.Image.Length);
        MotionKernel.Apply(call, call.Image, call.Height, call.Width, call.Channels, radius, sigma, angle, sums);
        var output = call.Output;
        if (call.Profile == CorruptionProfile.AnySize)
        {
            for (var i = 0; i < sums.Length; i++) output[i] = (byte)Math.Clamp(sums[i], 0, 255);
        }
        else
        {
            for (var i = 0; i < sums.Length; i++) output[i] = MotionKernel.Quantise(sums[i]);
        }
    }
}
