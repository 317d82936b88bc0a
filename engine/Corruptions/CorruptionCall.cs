using OnnxAudit.Data;

namespace OnnxAudit.Corruptions;

/// <summary>
/// What a rule sees of one image, and the memory it works in. One per thread, used for image after image of one shape and profile.
/// </summary>
public sealed class CorruptionCall
{
    private readonly byte[] _image;
    private readonly byte[] _output;
    private readonly PhiloxDraws _philox = new();
    private readonly Scratch<double> _doubles = new();
    private readonly Scratch<float> _floats = new();
    private readonly Scratch<int> _ints = new();
    private readonly Scratch<byte> _bytes = new();

    /// <summary>A call for images of a shape under a profile.</summary>
    /// <exception cref="AuditException">Invalid: the profile does not take the shape.</exception>
    public CorruptionCall(CorruptionProfile profile, ImageShape shape, CorruptionOptions? options = null)
    {
        CorruptionProfiles.Require(profile, shape, "corruption");
        (Profile, Shape, Options) = (profile, shape, options ?? CorruptionOptions.Published);
        (_image, _output) = (new byte[shape.Count], new byte[shape.Count]);
        Draws = _philox;
    }

    /// <summary>Whose constants.</summary>
    public CorruptionProfile Profile { get; }

    /// <summary>Shape of image and output.</summary>
    public ImageShape Shape { get; }

    /// <summary>Departures from the published code.</summary>
    public CorruptionOptions Options { get; }

    /// <summary>Rows.</summary>
    public int Height => Shape.Height;

    /// <summary>Columns.</summary>
    public int Width => Shape.Width;

    /// <summary>1 or 3.</summary>
    public int Channels => Shape.Channels;

    /// <summary>1 to 5.</summary>
    public int Severity { get; private set; } = 1;

    /// <summary>The image [H,W,C].</summary>
    public ReadOnlySpan<byte> Image => _image;

    /// <summary>The corrupted image [H,W,C]; holds the last image's values until written.</summary>
    public Span<byte> Output => _output;

    /// <summary>This image's random numbers.</summary>
    public CorruptionDraws Draws { get; private set; }

    /// <summary>Memory for this image, not cleared.</summary>
    public Span<double> Doubles(int count) => _doubles.Take(count);

    /// <inheritdoc cref="Doubles"/>
    public Span<float> Floats(int count) => _floats.Take(count);

    /// <inheritdoc cref="Doubles"/>
    public Span<int> Ints(int count) => _ints.Take(count);

    /// <inheritdoc cref="Doubles"/>
    public Span<byte> Bytes(int count) => _bytes.Take(count);

    /// <summary>This severity's entry of the profile's row of constants, severities 1 to 5 from left to right.</summary>
    public T Constant<T>(ReadOnlySpan<T> cifar, ReadOnlySpan<T> tiny, ReadOnlySpan<T> imageNet)
    {
        var row = Profile switch
        {
            CorruptionProfile.Cifar => cifar,
            CorruptionProfile.Tiny => tiny,
            _ => imageNet,
        };
        return row[Severity - 1];
    }

    /// <summary>
    /// Corrupts one image with the random numbers of (seed, corruption, severity, sample): always the same bytes.
    /// sample: the image's index in its source; image, output: [H,W,C], may be the same memory.
    /// </summary>
    /// <exception cref="AuditException">Usage: the severity is not 1 to 5, or the profile lacks the corruption.</exception>
    /// <exception cref="ArgumentException">A buffer of another length than the shape's.</exception>
    public void Apply(Corruption corruption, int severity, ulong seed, long sample, ReadOnlySpan<byte> image, Span<byte> output)
    {
        _philox.Begin(seed, corruption.Name, severity, sample);
        Apply(corruption, severity, _philox, image, output);
    }

    /// <summary>As above, with random numbers of the caller's.</summary>
    /// <exception cref="AuditException">Usage: the severity is not 1 to 5, or the profile lacks the corruption.</exception>
    /// <exception cref="ArgumentException">A buffer of another length than the shape's.</exception>
    public void Apply(Corruption corruption, int severity, CorruptionDraws draws, ReadOnlySpan<byte> image, Span<byte> output)
    {
        corruption.RequireSeverity(severity);
        corruption.RequireProfile(Profile);
        if (image.Length != _image.Length || output.Length != _image.Length)
            throw new ArgumentException(FormattableString.Invariant($"buffers of {image.Length} and {output.Length} bytes for images of {Shape}"));
        image.CopyTo(_image);
        (Severity, Draws) = (severity, draws);
        _doubles.Reset();
        _floats.Reset();
        _ints.Reset();
        _bytes.Reset();
        corruption.Rule(this);
        _output.CopyTo(output);
    }
}
