using System.Collections.Concurrent;
using OnnxAudit.Data;

namespace OnnxAudit.Corruptions.Ice;

/// <summary>
/// Where frost takes its pictures from. The published generator's photographs are of unclear licence, so the default draws them; a folder of photographs
/// is the other choice. Safe from several threads at once.
/// </summary>
public abstract class FrostSource
{
    // The published generators' sides times these.
    private const double CifarScale = .2, TinyScale = .3;

    /// <summary>How much larger than the image a picture is made that would not cover it.</summary>
    private const double Room = 1.1;

    private readonly ConcurrentDictionary<(CorruptionProfile Profile, ImageShape Shape, int Index), Lazy<Photograph>> _plates = [];

    private protected FrostSource()
    {
    }

    /// <summary>Textures with the statistics of the published photographs; accuracies under them are not comparable with published ones.</summary>
    public static FrostSource Procedural { get; } = new ProceduralFrost();

    /// <summary>How many pictures an image's is drawn from.</summary>
    public abstract int Count { get; }

    /// <summary>Names the pictures' bytes: the same id, the same frost.</summary>
    public abstract string Id { get; }

    /// <summary>What to say beside numbers that were obtained with it.</summary>
    public abstract string Remark { get; }

    /// <summary>False when results may not stand beside published frost scores, whatever else is alike.</summary>
    public abstract bool ComparableWithPublished { get; }

    /// <summary>The pictures of a folder, all of its PNG and JPEG files in the order of their names.</summary>
    /// <exception cref="AuditException">Invalid: no such folder, no pictures, or one that is damaged or too large.</exception>
    public static FrostSource Folder(string path) => FrostPhotographs.Open(path);

    /// <inheritdoc/>
    public sealed override string ToString() => Id;

    /// <summary>Picture <paramref name="index"/> scaled as the profile has it, larger than the shape both ways; kept.</summary>
    internal Photograph Plate(int index, CorruptionProfile profile, ImageShape shape) =>
        _plates.GetOrAdd((profile, shape, index), static (key, source) => new Lazy<Photograph>(() => source.Scaled(key.Index, key.Profile, key.Shape)), this).Value;

    /// <summary>Picture <paramref name="index"/> in colour, at its own size.</summary>
    private protected abstract Photograph Picture(int index);

    private Photograph Scaled(int index, CorruptionProfile profile, ImageShape shape)
    {
        var picture = Picture(index);
        if (profile == CorruptionProfile.AnySize)
        {
            var cover = Math.Max(1, Math.Max((double)shape.Height / picture.Shape.Height, (double)shape.Width / picture.Shape.Width));
            picture = Enlarged(picture, cover * Room);
        }
        else if (profile is CorruptionProfile.Cifar or CorruptionProfile.Tiny)
        {
            picture = PhotoResize.Bilinear(picture, profile == CorruptionProfile.Cifar ? CifarScale : TinyScale);
        }

        var covers = picture.Shape.Height > shape.Height && picture.Shape.Width > shape.Width;
        if (!covers) picture = Enlarged(picture, Room * Math.Max((double)shape.Height / picture.Shape.Height, (double)shape.Width / picture.Shape.Width));
        return shape.Channels == 1 ? picture.ToGrey() : picture;
    }

    private static Photograph Enlarged(Photograph picture, double factor) =>
        PhotoResize.Bicubic(picture, (int)Math.Ceiling(picture.Shape.Height * factor), (int)Math.Ceiling(picture.Shape.Width * factor));
}
