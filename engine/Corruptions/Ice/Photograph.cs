using OnnxAudit.Data;

namespace OnnxAudit.Corruptions.Ice;

/// <summary>A picture of frost: pixels [H,W,C].</summary>
internal sealed record Photograph(byte[] Pixels, ImageShape Shape)
{
    /// <summary>Its grey, as MNIST-C reads it.</summary>
    public Photograph ToGrey()
    {
        if (Shape.Channels == 1) return this;
        var grey = new byte[Shape.Height * Shape.Width];
        for (var i = 0; i < grey.Length; i++) grey[i] = (byte)MathF.Round(Grey.OfOpenCv(Pixels[3 * i], Pixels[3 * i + 1], Pixels[3 * i + 2]));
        return new Photograph(grey, Shape with { Channels = 1 });
    }
}
