using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>The forms a run uses, one per kernel: chosen once, recorded in the manifest.</summary>
public sealed class KernelSet
{
    private const string OpenCl = "opencl";

    private KernelSet(string name, GeometryForm geometry, FilterSaliencyForm filterSaliency, ArgumentForm<WinogradConvArguments> winogradConv, OpenClSession? session)
    {
        (Name, Geometry, FilterSaliency, WinogradConv, Session) = (name, geometry, filterSaliency, winogradConv, session);
        var chosen = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["filter-saliency"] = filterSaliency.Name, ["geometry"] = geometry.Name, ["winograd-conv"] = winogradConv.Name };
        // Its driver decides the last bit of an angle: a part of what ran.
        if (session is not null) chosen[OpenCl] = session.Device.Text;
        Chosen = chosen;
    }

    /// <summary>The request that made this set: "auto", "managed", "native", "opencl", a form's name, or several with commas between.</summary>
    public string Name { get; }

    /// <summary>The geometry kernel's form.</summary>
    public GeometryForm Geometry { get; }

    /// <summary>The filter saliency kernel's form.</summary>
    public FilterSaliencyForm FilterSaliency { get; }

    /// <summary>The Winograd convolution's form; always one of the processor's.</summary>
    public ArgumentForm<WinogradConvArguments> WinogradConv { get; }

    /// <summary>The OpenCL device in use; null for the forms of the processor.</summary>
    public OpenClSession? Session { get; }

    /// <summary>Kernel name to form name, in name order; "opencl" names the device when one is in use.</summary>
    public IReadOnlyDictionary<string, string> Chosen { get; }

    /// <summary>
    /// Chooses a form for every kernel: "auto" the best of the processor's that runs here, "managed", "native" the best of the kernel library,
    /// "opencl" (the first GPU, else the first device), "opencl:INDEX", "opencl:PART-OF-ITS-NAME", or one form by name; a kernel that has no
    /// such form takes its best then, as <see cref="Chosen"/> tells. Several with commas between:
    /// the first that can run here; without a comma nothing is ever fallen back to. An unknown request, or an unsupported form of the processor, is
    /// <see cref="AuditCode.Usage"/> with the list of forms; a missing OpenCL loader or device is <see cref="AuditCode.Environment"/>.
    /// </summary>
    /// <param name="request">As above.</param>
    /// <param name="cacheFolder">Where built OpenCL programs are kept; null keeps none.</param>
    public static KernelSet Choose(string request, string? cacheFolder = null)
    {
        var wishes = request.Split(',');
        foreach (var wish in wishes) RequireKnown(wish);
        foreach (var wish in wishes[..^1])
        {
            try
            {
                return Of(request, wish, cacheFolder);
            }
            catch (AuditException)
            {
                // The next wish was given for this case.
            }
        }

        return Of(request, wishes[^1], cacheFolder);
    }

    private static KernelSet Of(string request, string wish, string? cacheFolder)
    {
        if (!IsOpenCl(wish)) return new KernelSet(request, Pick("geometry", GeometryForm.All, wish), Pick("filter-saliency", FilterSaliencyForm.All, wish), Pick("winograd-conv", Kernels.WinogradConv.Forms, wish), null);
        var device = OpenClDevice.Choose(wish == OpenCl ? null : wish[(OpenCl.Length + 1)..]);
        var session = OpenClSession.Open(device, cacheFolder);
        return new KernelSet(request, GeometryForm.On(session), FilterSaliencyForm.On(session), Pick("winograd-conv", Kernels.WinogradConv.Forms, "auto"), session);
    }

    private static bool IsOpenCl(string wish) => wish == OpenCl || wish.StartsWith($"{OpenCl}:", StringComparison.Ordinal);

    private static void RequireKnown(string wish)
    {
        if (!IsOpenCl(wish) && wish is not ("auto" or "native") && GeometryForm.All.All(form => form.Name != wish) && FilterSaliencyForm.All.All(form => form.Name != wish)) throw Unknown(wish);
    }

    private static T Pick<T>(string kernel, IReadOnlyList<T> forms, string request)
        where T : KernelForm
    {
        var asked = request switch
        {
            "auto" => forms.Where(form => !form.OnDevice).ToList(),
            "native" => forms.Where(form => form.Native).ToList(),
            _ when forms.Any(form => form.Name == request) => forms.Where(form => form.Name == request).ToList(),
            _ => forms.Where(form => !form.OnDevice).ToList(),
        };
        if (asked.FirstOrDefault(form => form.Supported) is { } chosen) return chosen;
        throw new AuditException(
            AuditCode.Usage,
            $"--kernels {request}",
            $"that kernel '{kernel}' cannot run in this form: {asked[0].WhyNot}",
            Expected(forms),
            asked[0].Native ? "Build the kernel library (install cmake and g++, then dotnet build) or use --kernels managed." : "Use --kernels auto.");
    }

    private static AuditException Unknown(string wish) =>
        new(AuditCode.Usage, $"--kernels {wish}", $"no form '{wish}' of any kernel", Expected([.. FilterSaliencyForm.All, .. GeometryForm.All]), "Use --kernels auto.");

    private static string Expected(IEnumerable<KernelForm> forms) =>
        $"auto, native or one of {string.Join(", ", forms.DistinctBy(form => form.Name).Select(form => form.Supported ? form.Name : $"{form.Name} (not here)"))}";
}
