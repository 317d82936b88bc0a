namespace OnnxAudit.Corruptions.Mnist;

/// <summary>The outer quarters turned to their negatives. Source: MNIST-C's code.</summary>
internal static class Stripe
{
    public static void Apply(CorruptionCall call)
    {
        var image = call.Image;
        var output = call.Output;
        var band = call.Width / 4;
        for (var i = 0; i < image.Length; i++)
        {
            var x = i % call.Width;
            output[i] = x < band || x >= call.Width - band ? (byte)(255 - image[i]) : image[i];
        }
    }
}
