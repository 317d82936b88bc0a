namespace OnnxAudit.Corruptions;

/// <summary>Planes of random numbers.</summary>
internal static class RandomFields
{
    /// <summary>Numbers of the normal distribution of a mean and a standard deviation, one after another.</summary>
    public static void NormalField(this CorruptionCall call, double mean, double deviation, Span<double> into)
    {
        var normals = call.Floats(into.Length);
        call.Draws.Normals(normals);
        for (var i = 0; i < into.Length; i++) into[i] = mean + deviation * normals[i];
    }

    /// <summary>Numbers in [−reach, reach), one after another.</summary>
    public static void UniformField(this CorruptionCall call, double reach, Span<double> into)
    {
        call.Draws.Uniforms(into);
        for (var i = 0; i < into.Length; i++) into[i] = -reach + 2 * reach * into[i];
    }
}
