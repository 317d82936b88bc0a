using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>The signature every form of the geometry kernel has. Returns 0 or an error code of the C header.</summary>
public unsafe delegate int GeometryFunction(GeometryArguments* arguments);

/// <summary>A form of the geometry kernel: angles, lengths and margins of rows X [n,m] against class directions W [C,m].</summary>
public sealed record GeometryForm : KernelForm
{
    /// <summary>Rows worked on together; fixes the scratch size.</summary>
    public const int BlockRows = 32;

    internal const long OpenClNumber = 4;

    private readonly GeometryFunction? _function;
    private readonly bool _onDevice;

    private GeometryForm(string name, long number, bool native, string[] requires, GeometryFunction? function, nint address, string? whyNot, bool onDevice = false)
        : base(name, native, requires, whyNot)
    {
        Number = number;
        Address = address;
        _function = function;
        _onDevice = onDevice;
    }

    /// <summary>Every form, best first: the one list that dispatch, tests and benches read. The OpenCL form is last, so that it runs only when asked for.</summary>
    public static IReadOnlyList<GeometryForm> All { get; } =
    [
        OfLibrary("avx2", 2, "oa_f32_geometry__avx2", ["avx2", "fma"]),
        OfLibrary("neon", 3, "oa_f32_geometry__neon", ["neon"]),
        OfManaged(),
        OfLibrary("scalar", 1, "oa_f32_geometry__scalar", []),
        OfFirstDevice(),
    ];

    /// <summary>What the form writes into <see cref="GeometryArguments.Form"/>: the proof that it ran.</summary>
    public long Number { get; }

    /// <summary>The native entry point; 0 for the managed and OpenCL forms and for forms that cannot run here.</summary>
    public nint Address { get; }

    /// <inheritdoc/>
    public override string? WhyNot => _onDevice ? OpenClDevice.WhyNone : base.WhyNot;

    /// <inheritdoc/>
    public override bool OnDevice => _onDevice;

    /// <summary>The OpenCL form on a device of the caller's.</summary>
    /// <exception cref="AuditException">Environment: the device has no float64, or its compiler fails.</exception>
    public static unsafe GeometryForm On(OpenClSession session) => new("opencl", OpenClNumber, false, [], new GeometryOpenCl(session).Run, 0, null, onDevice: true);

    /// <summary>Runs the kernel. Unsupported form or refused arguments: <see cref="InvalidOperationException"/> (a bug of the caller).</summary>
    /// <exception cref="AuditException">Environment: a device failed.</exception>
    public unsafe void Run(ref GeometryArguments arguments)
    {
        if (_function is null || !Supported) throw new InvalidOperationException($"geometry form '{Name}' cannot run here: {WhyNot}");
        fixed (GeometryArguments* pointer = &arguments)
        {
            var code = _function(pointer);
            if (code != 0) throw new InvalidOperationException(FormattableString.Invariant($"geometry form '{Name}' refused its arguments: code {code}"));
        }
    }

    private static unsafe GeometryForm OfManaged() => new("managed", 0, false, [], GeometryManaged.Run, 0, null);

    private static unsafe GeometryForm OfFirstDevice()
    {
        var first = new Lazy<GeometryOpenCl>(() => new GeometryOpenCl(OpenClSession.Open(OpenClDevice.Choose(null), cacheFolder: null)));
        return new GeometryForm("opencl", OpenClNumber, false, [], arguments => first.Value.Run(arguments), 0, null, onDevice: true);
    }

    private static unsafe GeometryForm OfLibrary(string name, long number, string symbol, string[] requires)
    {
        var address = KernelLibrary.Find(symbol, out var whyNot);
        if (KernelLibrary.Present && !CpuFeatures.Has(requires))
            whyNot = $"this processor lacks {string.Join(" or ", requires.Where(bit => !CpuFeatures.Has([bit])))}";
        return whyNot is null
            ? new GeometryForm(name, number, true, requires, arguments => ((delegate* unmanaged<GeometryArguments*, int>)address)(arguments), address, null)
            : new GeometryForm(name, number, true, requires, null, 0, whyNot);
    }
}
