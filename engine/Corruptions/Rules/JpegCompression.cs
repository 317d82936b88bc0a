using OnnxAudit.Corruptions.Jpeg;

namespace OnnxAudit.Corruptions.Rules;

/// <summary>What a low-quality JPEG keeps. Source: arXiv:1903.12261 and its generators.</summary>
internal static class JpegCompression
{
    public static void Apply(CorruptionCall call)
    {
        var quality = call.Constant<int>([80, 65, 58, 50, 40], [65, 58, 50, 40, 25], [25, 18, 15, 10, 7]);
        JpegRoundTrip.Apply(call.Image, call.Output, call.Height, call.Width, call.Channels, quality);
    }
}
