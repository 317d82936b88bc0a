using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>The signature every form of the filter saliency kernel has. Returns 0 or an error code of the C header.</summary>
public unsafe delegate int FilterSaliencyFunction(FilterSaliencyArguments* arguments);

/// <summary>A form of the filter saliency kernel: per sample and filter, the mean absolute gradient of the filter's weights from X and dY.</summary>
public sealed record FilterSaliencyForm : KernelForm
{
    internal const long OpenClNumber = 4;

    private const int SmallWorkspace = 4;

    private readonly FilterSaliencyFunction? _function;
    private readonly bool _onDevice;

    private FilterSaliencyForm(string name, long number, bool native, string[] requires, FilterSaliencyFunction? function, nint address, string? whyNot, bool onDevice = false)
        : base(name, native, requires, whyNot)
    {
        Number = number;
        Address = address;
        _function = function;
        _onDevice = onDevice;
    }

    /// <summary>Every form, best first: the one list that dispatch, tests and benches read. The OpenCL form is last, so that it runs only when asked for.</summary>
    public static IReadOnlyList<FilterSaliencyForm> All { get; } =
    [
        OfLibrary("avx512", 5, "oa_f32_filter_saliency__avx512", ["avx512f", "avx2", "fma"]),
        OfLibrary("avx2", 2, "oa_f32_filter_saliency__avx2", ["avx2", "fma"]),
        OfLibrary("neon", 3, "oa_f32_filter_saliency__neon", ["neon"]),
        OfManaged(),
        OfLibrary("scalar", 1, "oa_f32_filter_saliency__scalar", []),
        On(null),
    ];

    /// <summary>What the form writes into <see cref="FilterSaliencyArguments.Form"/>: the proof that it ran.</summary>
    public long Number { get; }

    /// <summary>The native entry point; 0 for the managed form and for forms that cannot run here.</summary>
    public nint Address { get; }

    /// <inheritdoc/>
    public override string? WhyNot => _onDevice ? OpenClDevice.WhyNone : base.WhyNot;

    /// <inheritdoc/>
    public override bool OnDevice => _onDevice;

    /// <summary>The OpenCL form on a device of the caller's, the first GPU, else the first device, when null; its programs are built when it first runs.</summary>
    public static unsafe FilterSaliencyForm On(OpenClSession? session)
    {
        var kernel = new Lazy<FilterSaliencyOpenCl>(() => new FilterSaliencyOpenCl(session ?? OpenClSession.Open(OpenClDevice.Choose(null), cacheFolder: null)));
        return new FilterSaliencyForm("opencl", OpenClNumber, false, [], arguments => kernel.Value.Run(arguments), 0, null, onDevice: true);
    }

    /// <summary>Floats of workspace the form needs for this shape and mode, for any range of filters and number of samples. Errors as <see cref="Run"/>.</summary>
    public unsafe long WorkspaceFor(FilterSaliencyArguments arguments)
    {
        arguments.WorkspaceLength = 0;
        arguments.Samples = 0;
        Call(&arguments, SmallWorkspace);
        return arguments.WorkspaceNeeded;
    }

    /// <summary>Runs the kernel. Unsupported form or refused arguments: <see cref="InvalidOperationException"/> (a bug of the caller).</summary>
    public unsafe void Run(ref FilterSaliencyArguments arguments)
    {
        fixed (FilterSaliencyArguments* pointer = &arguments) Call(pointer, 0);
    }

    private unsafe void Call(FilterSaliencyArguments* arguments, int accepted)
    {
        if (_function is null || !Supported) throw new InvalidOperationException($"filter saliency form '{Name}' cannot run here: {WhyNot}");
        var code = _function(arguments);
        if (code != 0 && code != accepted)
            throw new InvalidOperationException(FormattableString.Invariant($"filter saliency form '{Name}' refused its arguments: code {code}"));
    }

    private static unsafe FilterSaliencyForm OfManaged() => new("managed", 0, false, [], FilterSaliencyManaged.Run, 0, null);

    private static unsafe FilterSaliencyForm OfLibrary(string name, long number, string symbol, string[] requires)
    {
        var address = KernelLibrary.Find(symbol, out var whyNot);
        if (KernelLibrary.Present && !CpuFeatures.Has(requires))
            whyNot = $"this processor lacks {string.Join(" or ", requires.Where(bit => !CpuFeatures.Has([bit])))}";
        return whyNot is null
            ? new FilterSaliencyForm(name, number, true, requires, arguments => ((delegate* unmanaged<FilterSaliencyArguments*, int>)address)(arguments), address, null)
            : new FilterSaliencyForm(name, number, true, requires, null, 0, whyNot);
    }
}
