using System.Collections.Concurrent;
using OnnxAudit.Data;

namespace OnnxAudit.Corruptions;

/// <summary>
/// Another dataset's images, each corrupted as it is read. Samples, labels and source indices stay the source's; an image's bytes depend on the seed, the
/// corruption, the severity and the sample's index in its source alone. Reading is safe from several threads at once. Disposes the source.
/// </summary>
public sealed class CorruptedDataset : ImageDataset
{
    private const string Version = "corruptions 1";

    private readonly ImageDataset _source;
    private readonly ulong _seed;
    private readonly ConcurrentBag<CorruptionCall> _calls = [];

    private CorruptedDataset(ImageDataset source, Corruption corruption, int severity, ulong seed, CorruptionProfile profile, CorruptionOptions options)
    {
        (_source, Corruption, Severity, _seed, Profile, Options) = (source, corruption, severity, seed, profile, options);
        Id = FormattableString.Invariant($"{source.Id}-{corruption.Name}-{severity}");
        Digest = DigestText.OfLines(source.Digest, Version, corruption.Name, FormattableString.Invariant($"{severity} {seed} {profile} {options}"));
    }

    /// <summary>What was done.</summary>
    public Corruption Corruption { get; }

    /// <summary>How strongly, 1 to 5.</summary>
    public int Severity { get; }

    /// <summary>With whose constants.</summary>
    public CorruptionProfile Profile { get; }

    /// <summary>Departures from the published code.</summary>
    public CorruptionOptions Options { get; }

    /// <summary>What to say beside results, or null: frost is only as comparable as its pictures.</summary>
    public string? Remark => Corruption.Name == CorruptionTable.Frost ? Options.Frost.Remark : null;

    /// <summary>False when results may not stand beside published ones, whatever else is alike.</summary>
    public bool ComparableWithPublished => Corruption.Name != CorruptionTable.Frost || Options.Frost.ComparableWithPublished;

    /// <inheritdoc/>
    public override string Spec => _source.Spec;

    /// <inheritdoc/>
    public override string Id { get; }

    /// <inheritdoc/>
    public override ImageShape Shape => _source.Shape;

    /// <inheritdoc/>
    public override SampleEncoding Encoding => SampleEncoding.Pixels;

    /// <inheritdoc/>
    public override ReadOnlyMemory<int> Labels => _source.Labels;

    /// <inheritdoc/>
    public override ReadOnlyMemory<long> SourceIndices => _source.SourceIndices;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes => _source.Classes;

    /// <inheritdoc/>
    public override string Digest { get; }

    /// <inheritdoc/>
    public override long SourceCount => _source.SourceCount;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => _source.Notes;

    /// <summary>The view of <paramref name="source"/>. profile: null takes the one of the images' shape.</summary>
    /// <exception cref="AuditException">Usage: the severity is not 1 to 5, or the corruption is of another profile. Invalid: the source holds floats, or images the profile does not take.</exception>
    public static CorruptedDataset Over(ImageDataset source, Corruption corruption, int severity, ulong seed, CorruptionProfile? profile = null, CorruptionOptions? options = null)
    {
        corruption.RequireSeverity(severity);
        if (source.Encoding != SampleEncoding.Pixels)
            throw new AuditException(AuditCode.Invalid, source.Spec, "floats that are already preprocessed", "pixels 0 to 255", "Corruptions change pixels: give the images as bytes, and the normalisation by --preprocess.");
        if (profile is { } given) CorruptionProfiles.Require(given, source.Shape, source.Spec);
        var chosen = profile ?? CorruptionProfiles.For(source.Shape, source.Spec);
        corruption.RequireProfile(chosen);
        return new CorruptedDataset(source, corruption, severity, seed, chosen, options ?? CorruptionOptions.Published);
    }

    /// <inheritdoc/>
    public override void ReadPixels(int index, Span<byte> pixels)
    {
        var whole = pixels[..Shape.Count];
        _source.ReadPixels(index, whole);
        if (!_calls.TryTake(out var call)) call = new CorruptionCall(Profile, Shape, Options);
        call.Apply(Corruption, Severity, _seed, SourceIndices.Span[index], whole, whole);
        _calls.Add(call);
    }

    /// <inheritdoc/>
    public override void Dispose() => _source.Dispose();
}
