namespace OnnxAudit.Kernels.OpenCl;

/// <summary>The OpenCL C sources inside this assembly, one a kernel.</summary>
internal static class Sources
{
    /// <summary>The text of "geometry.cl" and its like.</summary>
    public static string Read(string file)
    {
        using var stream = typeof(Sources).Assembly.GetManifestResourceStream(file) ?? throw new InvalidOperationException($"no {file} inside the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
