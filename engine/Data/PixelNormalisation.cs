namespace OnnxAudit.Data;

/// <summary>
/// x[c] = (p[c]/255 − mean[c])/std[c], each step rounded to float32 as torchvision's ToTensor and Normalize do,
/// through one table of 256 values per channel. Pixels [H,W,C] in; [C,H,W] or [H,W,C] out.
/// </summary>
internal sealed class PixelNormalisation
{
    private readonly float[] _table;
    private readonly int[] _from;
    private readonly bool _channelsLast;

    /// <exception cref="AuditException">Invalid: the settings are for another number of channels.</exception>
    public PixelNormalisation(Preprocessing settings, int channels, string spec)
    {
        if (settings.ChannelCount is { } count && count != channels)
            throw new AuditException(AuditCode.Invalid, $"{settings.Source}, normalisation", FormattableString.Invariant($"values for {count} channels"),
                FormattableString.Invariant($"values for the {channels} channels of {spec}"), "Give the settings of this model, or data it was trained on.");
        _channelsLast = settings.Layout == "NHWC";
        _from = [.. Enumerable.Range(0, channels)];
        if (settings.Channels == ChannelOrder.Bgr && channels == 3) Array.Reverse(_from);
        _table = new float[channels * 256];
        for (var c = 0; c < channels; c++)
        {
            for (var p = 0; p < 256; p++)
            {
                var unit = p / 255f;
                if (settings.Mean is { } mean) unit -= mean[c];
                _table[c * 256 + p] = settings.Std is { } std ? unit / std[c] : unit;
            }
        }
    }

    public void Apply(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        var channels = _from.Length;
        var plane = pixels.Length / channels;
        for (var c = 0; c < channels; c++)
        {
            var table = _table.AsSpan(c * 256, 256);
            var at = _from[c];
            if (_channelsLast)
            {
                for (var i = c; i < values.Length; i += channels, at += channels) values[i] = table[pixels[at]];
            }
            else
            {
                foreach (ref var value in values.Slice(c * plane, plane))
                {
                    value = table[pixels[at]];
                    at += channels;
                }
            }
        }
    }
}
