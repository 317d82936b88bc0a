using System.Text;

namespace OnnxAudit.Kernels.OpenCl;

/// <summary>A program built for one device, from the cache where it can be.</summary>
internal sealed class ClProgram : IDisposable
{
    private readonly ClProgramHandle _handle;
    private readonly OpenClDevice _device;

    private ClProgram(ClProgramHandle handle, OpenClDevice device, bool fromCache) => (_handle, _device, FromCache) = (handle, device, fromCache);

    /// <summary>True when no compiler ran.</summary>
    public bool FromCache { get; }

    /// <summary>Builds a program. A source that does not compile: Environment with the compiler's log.</summary>
    public static ClProgram Build(ClContext context, OpenClDevice device, ProgramCache cache, string title, string source, string options)
    {
        var name = ProgramCache.NameOf(device, source, options);
        if (cache.Read(name) is { } binary && OfBinary(context, device, binary, options) is { } kept) return new ClProgram(kept, device, fromCache: true);
        var built = OfSource(context, device, title, source, options);
        cache.Write(name, BinaryOf(built, device));
        return new ClProgram(built, device, fromCache: false);
    }

    /// <summary>A kernel by name.</summary>
    public unsafe ClKernelHandle Kernel(string name)
    {
        int error;
        var kernel = ClNative.clCreateKernel(_handle, name, &error);
        ClCode.Check(error, $"clCreateKernel {name}", _device.Name);
        return kernel;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static unsafe ClProgramHandle OfSource(ClContext context, OpenClDevice device, string title, string source, string options)
    {
        var bytes = Encoding.UTF8.GetBytes(source);
        int error;
        ClProgramHandle program;
        fixed (byte* text = bytes)
        {
            var length = (nuint)bytes.Length;
            program = ClNative.clCreateProgramWithSource(context, 1, &text, &length, &error);
        }

        ClCode.Check(error, "clCreateProgramWithSource", device.Name);
        var handle = device.Handle;
        var code = ClNative.clBuildProgram(program, 1, &handle, options, 0, 0);
        if (code == 0) return program;
        var log = Log(program, device);
        program.Dispose();
        throw new AuditException(AuditCode.Environment, $"OpenCL device '{device.Name}'", $"that {title} does not build ({ClCode.Text(code)}): {log}", "a compiler that takes it",
            "Update the device's driver, or use --kernels auto.");
    }

    // A driver may refuse a binary of its own past: then the source is built.
    private static unsafe ClProgramHandle? OfBinary(ClContext context, OpenClDevice device, byte[] binary, string options)
    {
        int status, error;
        var handle = device.Handle;
        ClProgramHandle program;
        fixed (byte* bytes = binary)
        {
            var length = (nuint)binary.Length;
            program = ClNative.clCreateProgramWithBinary(context, 1, &handle, &length, &bytes, &status, &error);
        }

        if (error == 0 && ClNative.clBuildProgram(program, 1, &handle, options, 0, 0) == 0) return program;
        program.Dispose();
        return null;
    }

    private static unsafe byte[] BinaryOf(ClProgramHandle program, OpenClDevice device)
    {
        nuint size;
        ClCode.Check(ClNative.clGetProgramInfo(program, ClCode.ProgramBinarySizes, (nuint)sizeof(nuint), &size, null), "clGetProgramInfo", device.Name);
        var binary = new byte[size];
        fixed (byte* bytes = binary)
            ClCode.Check(ClNative.clGetProgramInfo(program, ClCode.ProgramBinaries, (nuint)sizeof(nint), &bytes, null), "clGetProgramInfo", device.Name);
        return binary;
    }

    private static unsafe string Log(ClProgramHandle program, OpenClDevice device)
    {
        nuint size = 0;
        if (ClNative.clGetProgramBuildInfo(program, device.Handle, ClCode.BuildLog, 0, null, &size) != 0 || size == 0) return "the compiler left no log";
        var log = new byte[size];
        fixed (byte* bytes = log)
            return ClNative.clGetProgramBuildInfo(program, device.Handle, ClCode.BuildLog, size, bytes, null) == 0 ? Encoding.UTF8.GetString(log).TrimEnd('\0').Trim() : "the compiler left no log";
    }
}
