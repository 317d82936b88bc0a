using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>The signature of a form whose arguments are one struct. Returns 0 or an error code of the C header.</summary>
public unsafe delegate int ArgumentFunction<T>(T* arguments)
    where T : unmanaged;

/// <summary>A form of a kernel that takes its arguments in one struct <typeparamref name="T"/>, laid out as the C header has it.</summary>
public sealed record ArgumentForm<T> : KernelForm
    where T : unmanaged
{
    private readonly string _kernel;
    private readonly ArgumentFunction<T>? _function;
    private readonly bool _onDevice;

    private ArgumentForm(string kernel, string name, bool native, string[] requires, ArgumentFunction<T>? function, nint address, string? whyNot, bool onDevice = false)
        : base(name, native, requires, whyNot) => (_kernel, _function, Address, _onDevice) = (kernel, function, address, onDevice);

    /// <summary>What the form writes into its arguments' Form: the proof that it ran. The header's OA_FORM_*, and 4 for OpenCL.</summary>
    public long Number => Name switch { "managed" => 0, "scalar" => 1, "avx2" => 2, "neon" => 3, "avx512" => 5, _ => 4 };

    /// <summary>The native entry point; 0 for the managed and OpenCL forms and for forms that cannot run here.</summary>
    public nint Address { get; }

    /// <inheritdoc/>
    public override string? WhyNot => _onDevice ? OpenClDevice.WhyNone : base.WhyNot;

    /// <inheritdoc/>
    public override bool OnDevice => _onDevice;

    /// <summary>Runs the kernel. Unsupported form or refused arguments: <see cref="InvalidOperationException"/> (a bug of the caller).</summary>
    /// <exception cref="AuditException">Environment: a device failed.</exception>
    public void Run(ref T arguments)
    {
        if (Try(ref arguments) is not 0 and var code) throw new InvalidOperationException(FormattableString.Invariant($"{_kernel} form '{Name}' refused its arguments: code {code}"));
    }

    /// <summary>The same, answering the kernel's code: 0 when it ran.</summary>
    internal unsafe int Try(ref T arguments)
    {
        if (_function is null || !Supported) throw new InvalidOperationException($"{_kernel} form '{Name}' cannot run here: {WhyNot}");
        fixed (T* pointer = &arguments) return _function(pointer);
    }

    internal static ArgumentForm<T> OfManaged(string kernel, ArgumentFunction<T> function) => new(kernel, "managed", false, [], function, 0, null);

    internal static unsafe ArgumentForm<T> OfLibrary(string kernel, string name, params string[] requires)
    {
        var address = KernelLibrary.Find($"oa_f32_{kernel}__{name}", out var whyNot);
        if (KernelLibrary.Present && !CpuFeatures.Has(requires))
            whyNot = $"this processor lacks {string.Join(" or ", requires.Where(bit => !CpuFeatures.Has([bit])))}";
        return whyNot is null
            ? new ArgumentForm<T>(kernel, name, true, requires, arguments => ((delegate* unmanaged<void*, int>)address)(arguments), address, null)
            : new ArgumentForm<T>(kernel, name, true, requires, null, 0, whyNot);
    }

    /// <summary>The OpenCL form on a device, the first one's when null; its programs are built when it first runs.</summary>
    internal static unsafe ArgumentForm<T> OfDevice(string kernel, OpenClSession? session, Func<OpenClSession, ArgumentFunction<T>> build)
    {
        var function = new Lazy<ArgumentFunction<T>>(() => build(session ?? OpenClSession.Open(OpenClDevice.Choose(null), cacheFolder: null)));
        return new ArgumentForm<T>(kernel, "opencl", false, [], arguments => function.Value(arguments), 0, null, onDevice: true);
    }
}
