namespace OnnxAudit.Kernels.OpenCl;

/// <summary>One OpenCL device opened for work: context, in-order queue with profiling, and the programs built for it. Kernels run one at a time.</summary>
public sealed class OpenClSession : IDisposable
{
    private readonly ProgramCache _cache;
    private readonly Dictionary<string, ClProgram> _programs = [];
    private readonly List<ClEvent> _running = [];

    private OpenClSession(OpenClDevice device, ClContext context, ClQueueHandle queue, string? cacheFolder) =>
        (Device, Context, Queue, _cache) = (device, context, queue, new ProgramCache(cacheFolder));

    /// <summary>The device.</summary>
    public OpenClDevice Device { get; }

    /// <summary>Time the device spent in kernels during the latest call of a form, by its own clock.</summary>
    public TimeSpan KernelTime { get; private set; }

    /// <summary>Programs that came from the cache so far, and those that were compiled.</summary>
    public (int Cached, int Compiled) Programs { get; private set; }

    /// <summary>Side of a square work-group: the largest of 16, 8 and 4 the device takes.</summary>
    internal int Tile => Device.WorkGroupSize >= 256 ? 16 : Device.WorkGroupSize >= 64 ? 8 : 4;

    internal ClContext Context { get; }

    internal ClQueueHandle Queue { get; }

    internal Lock Gate { get; } = new();

    /// <summary>Opens a device. <paramref name="cacheFolder"/>: where built programs are kept, made when missing; null keeps none.</summary>
    /// <exception cref="AuditException">Environment: the device refuses.</exception>
    public static unsafe OpenClSession Open(OpenClDevice device, string? cacheFolder)
    {
        int error;
        var handle = device.Handle;
        var properties = stackalloc nint[3] { 0x1084, device.PlatformHandle, 0 };
        var context = ClNative.clCreateContext(properties, 1, &handle, 0, 0, &error);
        ClCode.Check(error, "clCreateContext", device.Name);
        var queue = ClNative.clCreateCommandQueue(context, device.Handle, ClCode.QueueProfiling, &error);
        ClCode.Check(error, "clCreateCommandQueue", device.Name);
        return new OpenClSession(device, context, queue, cacheFolder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Gate)
        {
            foreach (var program in _programs.Values) program.Dispose();
            _programs.Clear();
            Queue.Dispose();
            Context.Dispose();
        }
    }

    /// <summary>Environment when the device computes in float32 only.</summary>
    internal void RequireDoubles(string kernel)
    {
        if (!Device.Doubles)
            throw new AuditException(AuditCode.Environment, $"OpenCL device '{Device.Name}'", "no float64 arithmetic (cl_khr_fp64)", $"a device that has it, as kernel '{kernel}' adds in float64",
                "Choose another device with --kernels opencl:NAME, or use --kernels auto.");
    }

    /// <summary>A kernel of the embedded source <paramref name="file"/> ("geometry.cl"), built once a session.</summary>
    internal ClKernel Kernel(string file, string options, string name) => new(this, Program(file, Sources.Read(file), options).Kernel(name), name);

    /// <summary>Builds a source, or takes it from the cache.</summary>
    internal ClProgram Program(string title, string source, string options)
    {
        var key = $"{options}\n{source}";
        if (_programs.TryGetValue(key, out var known)) return known;
        var program = ClProgram.Build(Context, Device, _cache, title, source, options);
        Programs = program.FromCache ? (Programs.Cached + 1, Programs.Compiled) : (Programs.Cached, Programs.Compiled + 1);
        return _programs[key] = program;
    }

    internal void Started(ClEvent run) => _running.Add(run);

    /// <summary>Runs <paramref name="work"/> alone on the device, waits for its end and reads the clock. What it queued is over even when it throws.</summary>
    internal void Run(Action work)
    {
        lock (Gate)
        {
            try
            {
                work();
                ClCode.Check(ClNative.clFinish(Queue), "clFinish", Device.Name);
                KernelTime = TimeSpan.FromSeconds(_running.Sum(Seconds));
            }
            finally
            {
                _ = ClNative.clFinish(Queue);
                foreach (var run in _running) run.Dispose();
                _running.Clear();
            }
        }
    }

    private unsafe double Seconds(ClEvent run)
    {
        ulong start, end;
        ClCode.Check(ClNative.clGetEventProfilingInfo(run, ClCode.ProfilingStart, sizeof(ulong), &start, null), "clGetEventProfilingInfo", Device.Name);
        ClCode.Check(ClNative.clGetEventProfilingInfo(run, ClCode.ProfilingEnd, sizeof(ulong), &end, null), "clGetEventProfilingInfo", Device.Name);
        return (end - start) * 1e-9;
    }
}
