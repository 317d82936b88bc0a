namespace OnnxAudit.Corruptions.Mnist;

/// <summary>A dotted line across the image. Source: MNIST-C's code.</summary>
internal static class DottedLine
{
    public static void Apply(CorruptionCall call)
    {
        var (height, width) = (call.Height, call.Width);
        var from = call.Draws.Integer(height - 1);
        var to = call.Draws.Integer(height - 1);
        var line = call.Doubles(height * width);
        LineProfile.Draw(0, from, width - 1, to, line, height, width);
        var values = call.Doubles(line.Length);
        UnitPixels.ToDoubles(call.Image, values);
        for (var i = 0; i < values.Length; i++)
        {
            if (i % width % 4 >= 2) values[i] += line[i];
        }

        call.Finish(values);
    }
}
