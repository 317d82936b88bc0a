namespace OnnxAudit.Corruptions.Mnist;

/// <summary>Fewer bits a pixel. Source: MNIST-C's code.</summary>
internal static class Quantize
{
    public static void Apply(CorruptionCall call)
    {
        var levels = (1 << call.Constant<int>([], [], [5, 4, 3, 2, 1])) - 1;
        var (down, up) = ((float)(levels / 255.0), (float)(255.0 / levels));
        for (var i = 0; i < call.Image.Length; i++) call.Output[i] = (byte)MathF.Round(MathF.Round(call.Image[i] * down) * up);
    }
}
