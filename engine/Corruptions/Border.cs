namespace OnnxAudit.Corruptions;

/// <summary>What lies beyond an image's edge. SciPy and OpenCV call the same rule by different names; these are the ones of the published generators.</summary>
internal enum Border
{
    /// <summary>The edge pixel goes on: a a a|a b c|c c c (SciPy "nearest", ImageMagick's virtual pixels).</summary>
    Edge,

    /// <summary>Mirrored with the edge pixel repeated: c b a|a b c|c b a (SciPy "reflect").</summary>
    Mirror,

    /// <summary>Mirrored about the edge pixel: c b|a b c|b a (OpenCV's default, "reflect-101").</summary>
    MirrorInside,
}
