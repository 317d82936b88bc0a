using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

    /// <summary>pixels: [H,W,C]; values: as many, overwritten.</summary>
    public void Apply(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        var channels = _from.Length;
        if (values.Length != pixels.Length || pixels.Length % channels != 0) throw new ArgumentException($"{pixels.Length} pixels into {values.Length} values", nameof(values));
        var plane = pixels.Length / channels;
        for (var c = 0; c < channels; c++)
        {
            // The lengths are checked above and a byte never leaves a table of 256: the inner loop runs unchecked, it is what the model waits for.
            ref var table = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_table), c * 256);
            ref var from = ref Unsafe.Add(ref MemoryMarshal.GetReference(pixels), _from[c]);
            ref var to = ref Unsafe.Add(ref MemoryMarshal.GetReference(values), _channelsLast ? c : c * plane);
            nint step = _channelsLast ? channels : 1;
            for (nint i = 0; i < plane; i++) Unsafe.Add(ref to, i * step) = Unsafe.Add(ref table, (nint)Unsafe.Add(ref from, i * channels));
        }
    }
}
