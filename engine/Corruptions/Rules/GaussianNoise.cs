namespace OnnxAudit.Corruptions.Rules;

/// <summary>A normal number added to every value. Source: arXiv:1903.12261 and its generators.</summary>
internal static class GaussianNoise
{
    public static void Apply(CorruptionCall call)
    {
        var sigma = call.Constant<double>([.04, .06, .08, .09, .10], [.04, .08, .12, .15, .18], [.08, .12, .18, .26, .38]);
        var values = call.Floats(call.Image.Length);
        call.Draws.Normals(values);
        PixelNoise.Add(call.Image, values, (float)(255 * sigma), 0, values);
        call.FinishScaled(values);
    }
}
