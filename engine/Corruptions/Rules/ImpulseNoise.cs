namespace OnnxAudit.Corruptions.Rules;

/// <summary>Every value turned, with some probability, to white or black, each as likely. Source: arXiv:1903.12261 and its generators.</summary>
internal static class ImpulseNoise
{
    public static void Apply(CorruptionCall call)
    {
        var probability = call.Constant<double>([.01, .02, .03, .05, .07], [.01, .02, .05, .08, .14], [.03, .06, .09, .17, .27]);
        var image = call.Image;
        var output = call.Output;
        var flips = call.Doubles(image.Length);
        call.Draws.Uniforms(flips);
        // Given that it is below p, the same number over p is uniform again: its upper half is salt.
        for (var i = 0; i < image.Length; i++) output[i] = flips[i] >= probability ? image[i] : flips[i] >= probability / 2 ? (byte)255 : (byte)0;
    }
}
