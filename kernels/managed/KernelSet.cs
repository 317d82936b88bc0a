namespace OnnxAudit.Kernels;

/// <summary>The forms a run uses, one per kernel: chosen once, recorded in the manifest.</summary>
public sealed class KernelSet
{
    private KernelSet(string name, GeometryForm geometry)
    {
        Name = name;
        Geometry = geometry;
        Chosen = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["geometry"] = geometry.Name };
    }

    /// <summary>The request that made this set: "auto", "managed", "native" or a form's name.</summary>
    public string Name { get; }

    /// <summary>The geometry kernel's form.</summary>
    public GeometryForm Geometry { get; }

    /// <summary>Kernel name to form name, in name order.</summary>
    public IReadOnlyDictionary<string, string> Chosen { get; }

    /// <summary>
    /// Chooses a form for every kernel: "auto" the best that runs here, "managed", "native" the best of the kernel library,
    /// or one form by name. An unknown or unsupported request is <see cref="AuditCode.Usage"/> with the list of forms.
    /// </summary>
    public static KernelSet Choose(string request) => new(request, Pick("geometry", GeometryForm.All, request));

    private static T Pick<T>(string kernel, IReadOnlyList<T> forms, string request)
        where T : KernelForm
    {
        var asked = request switch
        {
            "auto" => forms.ToList(),
            "native" => forms.Where(form => form.Native).ToList(),
            _ => forms.Where(form => form.Name == request).ToList(),
        };
        if (asked.FirstOrDefault(form => form.Supported) is { } chosen) return chosen;
        throw new AuditException(
            AuditCode.Usage,
            $"--kernels {request}",
            asked.Count == 0 ? $"no form '{request}' of kernel '{kernel}'" : $"that kernel '{kernel}' cannot run in this form: {asked[0].WhyNot}",
            $"auto, native or one of {string.Join(", ", forms.Select(form => form.Supported ? form.Name : $"{form.Name} (not here)"))}",
            asked.Count == 0 || !asked[0].Native ? "Use --kernels auto." : "Build the kernel library (install cmake and g++, then dotnet build) or use --kernels managed.");
    }
}
