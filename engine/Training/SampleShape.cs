using OnnxAudit.Data;

namespace OnnxAudit.Training;

/// <summary>Shape of one sample as the model takes it.</summary>
internal static class SampleShape
{
    /// <summary>[C,H,W], or [H,W,C] where the settings say NHWC.</summary>
    public static long[] Of(ImageDataset data, Preprocessing? preprocessing)
    {
        var shape = data.Shape;
        return data.Encoding == SampleEncoding.Pixels && preprocessing?.Layout == "NHWC" ? [shape.Height, shape.Width, shape.Channels] : [shape.Channels, shape.Height, shape.Width];
    }
}
