namespace OnnxAudit.Corruptions.Rules;

/// <summary>A normal number times the value added to every value. Source: arXiv:1903.12261 and its generators.</summary>
internal static class SpeckleNoise
{
    public static void Apply(CorruptionCall call)
    {
        var sigma = call.Constant<double>([.06, .1, .12, .16, .2], [.15, .2, .25, .3, .35], [.15, .2, .35, .45, .6]);
        var values = call.Floats(call.Image.Length);
        call.Draws.Normals(values);
        PixelNoise.Add(call.Image, values, 0, (float)sigma, values);
        call.FinishScaled(values);
    }
}
