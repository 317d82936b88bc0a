using System.Globalization;
using System.Text;

namespace OnnxAudit.Kernels.OpenCl;

/// <summary>An OpenCL device of this machine.</summary>
/// <param name="Index">Its number over all platforms, in the loader's order; what "opencl:INDEX" names.</param>
/// <param name="Platform">The platform's name.</param>
/// <param name="PlatformVersion">The platform's version line.</param>
/// <param name="Name">The device's name.</param>
/// <param name="Vendor">Its vendor.</param>
/// <param name="Version">The OpenCL version it offers.</param>
/// <param name="Driver">Its driver's version.</param>
/// <param name="Type">"cpu", "gpu", "accelerator" or "other".</param>
/// <param name="ComputeUnits">Parallel compute units.</param>
/// <param name="MemoryBytes">Global memory.</param>
/// <param name="LargestBufferBytes">The largest single buffer.</param>
/// <param name="WorkGroupSize">Most work-items in a group.</param>
/// <param name="Doubles">True when it computes in float64.</param>
public sealed record OpenClDevice(int Index, string Platform, string PlatformVersion, string Name, string Vendor, string Version, string Driver, string Type,
    uint ComputeUnits, ulong MemoryBytes, ulong LargestBufferBytes, ulong WorkGroupSize, bool Doubles)
{
    private static readonly Lazy<IReadOnlyList<OpenClDevice>> Found = new(Find);

    /// <summary>Every device that is available and can compile, by rising index; empty without a loader or a device. Looked for once a process.</summary>
    public static IReadOnlyList<OpenClDevice> All => Found.Value;

    /// <summary>Null when this machine has a device; else why not, a phrase.</summary>
    public static string? WhyNone =>
        !ClNative.Present ? $"no OpenCL loader ({ClNative.Names[0]})" : All.Count == 0 ? "the OpenCL loader knows no usable device" : null;

    /// <summary>One line that tells it from its like: name, platform, driver.</summary>
    public string Text => $"{Name} ({Platform}, driver {Driver})";

    internal nint Handle { get; private init; }

    internal nint PlatformHandle { get; private init; }

    /// <summary>
    /// The device that <paramref name="request"/> names by index or by part of its name or platform; null: the first GPU, else the first.
    /// None: <see cref="AuditCode.Environment"/>; a part of several names: <see cref="AuditCode.Usage"/>. Both list the devices there are.
    /// </summary>
    public static OpenClDevice Choose(string? request)
    {
        var where = request is null ? "--kernels opencl" : $"--kernels opencl:{request}";
        if (WhyNone is { } why)
            throw new AuditException(AuditCode.Environment, where, why, "an OpenCL device", "Install its driver (for the processor: pocl-opencl-icd), or use --kernels auto.");
        if (request is null) return All.FirstOrDefault(d => d.Type == "gpu") ?? All[0];
        var known = string.Join("; ", All.Select(d => FormattableString.Invariant($"{d.Index}: {d.Text}")));
        var named = int.TryParse(request, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? All.Where(d => d.Index == index).ToList()
            : All.Where(d => d.Text.Contains(request, StringComparison.OrdinalIgnoreCase)).ToList();
        return named.Count switch
        {
            1 => named[0],
            0 => throw new AuditException(AuditCode.Environment, where, "no such OpenCL device", $"one of {known}", "Name one by its number or a part of its name."),
            _ => throw new AuditException(AuditCode.Usage, where, FormattableString.Invariant($"{named.Count} OpenCL devices of that name"), $"one of {known}", "Name it by its number."),
        };
    }

    private static unsafe IReadOnlyList<OpenClDevice> Find()
    {
        var devices = new List<OpenClDevice>();
        uint count = 0;
        if (!ClNative.Present || ClNative.clGetPlatformIDs(0, null, &count) != 0) return devices;
        var platforms = new nint[count];
        fixed (nint* p = platforms) ClCode.Check(ClNative.clGetPlatformIDs(count, p, null), "clGetPlatformIDs", "any");
        var index = 0;
        foreach (var platform in platforms)
        {
            // A platform whose driver fails to start must not hide the others.
            if (ClNative.clGetDeviceIDs(platform, ClCode.AllDevices, 0, null, &count) != 0) continue;
            var handles = new nint[count];
            fixed (nint* h = handles)
                if (ClNative.clGetDeviceIDs(platform, ClCode.AllDevices, count, h, null) != 0) continue;
            foreach (var handle in handles)
            {
                var device = Describe(index++, platform, handle);
                if (Number<uint>(handle, ClCode.DeviceAvailable) != 0 && Number<uint>(handle, ClCode.CompilerAvailable) != 0) devices.Add(device);
            }
        }

        return devices;
    }

    private static OpenClDevice Describe(int index, nint platform, nint device) => new(
        index,
        PlatformText(platform, ClCode.PlatformName),
        PlatformText(platform, ClCode.PlatformVersion),
        DeviceText(device, ClCode.DeviceName),
        DeviceText(device, ClCode.DeviceVendor),
        DeviceText(device, ClCode.DeviceVersion),
        DeviceText(device, ClCode.DriverVersion),
        Number<ulong>(device, ClCode.DeviceType) switch
        {
            var t when (t & ClCode.TypeGpu) != 0 => "gpu",
            var t when (t & ClCode.TypeAccelerator) != 0 => "accelerator",
            var t when (t & ClCode.TypeCpu) != 0 => "cpu",
            _ => "other",
        },
        Number<uint>(device, ClCode.ComputeUnits),
        Number<ulong>(device, ClCode.GlobalMemory),
        Number<ulong>(device, ClCode.LargestBuffer),
        Number<nuint>(device, ClCode.WorkGroupSize),
        Number<ulong>(device, ClCode.DoubleConfig) != 0)
    {
        Handle = device,
        PlatformHandle = platform,
    };

    // Zero for what a device does not know.
    private static unsafe T Number<T>(nint device, uint name)
        where T : unmanaged
    {
        T value = default;
        return ClNative.clGetDeviceInfo(device, name, (nuint)sizeof(T), &value, null) == 0 ? value : default;
    }

    private static unsafe string DeviceText(nint device, uint name)
    {
        nuint size = 0;
        if (ClNative.clGetDeviceInfo(device, name, 0, null, &size) != 0) return "";
        var text = new byte[size];
        fixed (byte* t = text) return ClNative.clGetDeviceInfo(device, name, size, t, null) == 0 ? Decode(text) : "";
    }

    private static unsafe string PlatformText(nint platform, uint name)
    {
        nuint size = 0;
        if (ClNative.clGetPlatformInfo(platform, name, 0, null, &size) != 0) return "";
        var text = new byte[size];
        fixed (byte* t = text) return ClNative.clGetPlatformInfo(platform, name, size, t, null) == 0 ? Decode(text) : "";
    }

    private static string Decode(byte[] text) => Encoding.UTF8.GetString(text).TrimEnd('\0').Trim();
}
