using System.Reflection;
using System.Runtime.InteropServices;

namespace OnnxAudit.Kernels.OpenCl;

/// <summary>The OpenCL entry points in use, of the ICD loader (OpenCL 1.2's: every device has them). Names and meanings are the Khronos specification's.</summary>
internal static unsafe partial class ClNative
{
    private const string Library = "OpenCL";

    private static readonly Lazy<nint> Loader = new(Load);

    /// <summary>True when the machine has an OpenCL loader. No other member may be called without one.</summary>
    public static bool Present => Loader.Value != 0;

    /// <summary>The loader's file names, in the order they are looked for.</summary>
    public static IReadOnlyList<string> Names { get; } =
        OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    [LibraryImport(Library)]
    internal static partial int clGetPlatformIDs(uint room, nint* platforms, uint* count);

    [LibraryImport(Library)]
    internal static partial int clGetPlatformInfo(nint platform, uint name, nuint room, void* value, nuint* size);

    [LibraryImport(Library)]
    internal static partial int clGetDeviceIDs(nint platform, ulong type, uint room, nint* devices, uint* count);

    [LibraryImport(Library)]
    internal static partial int clGetDeviceInfo(nint device, uint name, nuint room, void* value, nuint* size);

    [LibraryImport(Library)]
    internal static partial ClContext clCreateContext(nint* properties, uint count, nint* devices, nint notify, nint data, int* error);

    [LibraryImport(Library)]
    internal static partial int clReleaseContext(nint context);

    [LibraryImport(Library)]
    internal static partial ClQueueHandle clCreateCommandQueue(ClContext context, nint device, ulong properties, int* error);

    [LibraryImport(Library)]
    internal static partial int clReleaseCommandQueue(nint queue);

    [LibraryImport(Library)]
    internal static partial ClProgramHandle clCreateProgramWithSource(ClContext context, uint count, byte** sources, nuint* lengths, int* error);

    [LibraryImport(Library)]
    internal static partial ClProgramHandle clCreateProgramWithBinary(ClContext context, uint count, nint* devices, nuint* lengths, byte** binaries, int* status, int* error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int clBuildProgram(ClProgramHandle program, uint count, nint* devices, string options, nint notify, nint data);

    [LibraryImport(Library)]
    internal static partial int clGetProgramBuildInfo(ClProgramHandle program, nint device, uint name, nuint room, void* value, nuint* size);

    [LibraryImport(Library)]
    internal static partial int clGetProgramInfo(ClProgramHandle program, uint name, nuint room, void* value, nuint* size);

    [LibraryImport(Library)]
    internal static partial int clReleaseProgram(nint program);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ClKernelHandle clCreateKernel(ClProgramHandle program, string name, int* error);

    [LibraryImport(Library)]
    internal static partial int clReleaseKernel(nint kernel);

    [LibraryImport(Library)]
    internal static partial int clSetKernelArg(ClKernelHandle kernel, uint index, nuint size, void* value);

    [LibraryImport(Library)]
    internal static partial ClMemory clCreateBuffer(ClContext context, ulong flags, nuint size, void* host, int* error);

    [LibraryImport(Library)]
    internal static partial int clReleaseMemObject(nint memory);

    [LibraryImport(Library)]
    internal static partial int clEnqueueWriteBuffer(
        ClQueueHandle queue, ClMemory buffer, uint blocking, nuint offset, nuint size, void* host, uint waits, nint* waitFor, nint* done);

    [LibraryImport(Library)]
    internal static partial int clEnqueueReadBuffer(
        ClQueueHandle queue, ClMemory buffer, uint blocking, nuint offset, nuint size, void* host, uint waits, nint* waitFor, nint* done);

    [LibraryImport(Library)]
    internal static partial int clEnqueueWriteBufferRect(
        ClQueueHandle queue, ClMemory buffer, uint blocking, nuint* bufferOrigin, nuint* hostOrigin, nuint* region,
        nuint bufferRow, nuint bufferSlice, nuint hostRow, nuint hostSlice, void* host, uint waits, nint* waitFor, nint* done);

    [LibraryImport(Library)]
    internal static partial int clEnqueueReadBufferRect(
        ClQueueHandle queue, ClMemory buffer, uint blocking, nuint* bufferOrigin, nuint* hostOrigin, nuint* region,
        nuint bufferRow, nuint bufferSlice, nuint hostRow, nuint hostSlice, void* host, uint waits, nint* waitFor, nint* done);

    [LibraryImport(Library)]
    internal static partial int clEnqueueFillBuffer(
        ClQueueHandle queue, ClMemory buffer, void* pattern, nuint patternSize, nuint offset, nuint size, uint waits, nint* waitFor, nint* done);

    [LibraryImport(Library)]
    internal static partial int clEnqueueNDRangeKernel(
        ClQueueHandle queue, ClKernelHandle kernel, uint dimensions, nuint* offset, nuint* global, nuint* local, uint waits, nint* waitFor, nint* done);

    [LibraryImport(Library)]
    internal static partial int clFinish(ClQueueHandle queue);

    [LibraryImport(Library)]
    internal static partial int clGetEventProfilingInfo(ClEvent done, uint name, nuint room, void* value, nuint* size);

    [LibraryImport(Library)]
    internal static partial int clReleaseEvent(nint done);

    private static nint Load()
    {
        foreach (var name in Names)
        {
            if (!NativeLibrary.TryLoad(name, out var handle)) continue;
            NativeLibrary.SetDllImportResolver(typeof(ClNative).Assembly, (string wanted, Assembly _, DllImportSearchPath? _) => wanted == Library ? handle : 0);
            return handle;
        }

        return 0;
    }
}
