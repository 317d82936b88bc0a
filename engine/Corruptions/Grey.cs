namespace OnnxAudit.Corruptions;

/// <summary>The two greys of the generators' libraries.</summary>
internal static class Grey
{
    /// <summary>OpenCV's RGB to grey, float32.</summary>
    public static float OfOpenCv(float r, float g, float b) => .299f * r + .587f * g + .114f * b;

    /// <summary>scikit-image's rgb2gray.</summary>
    public static double OfSkimage(double r, double g, double b) => .2125 * r + .7154 * g + .0721 * b;
}
