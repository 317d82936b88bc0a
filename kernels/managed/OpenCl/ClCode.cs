namespace OnnxAudit.Kernels.OpenCl;

/// <summary>OpenCL's constants in use, and its error codes by name.</summary>
internal static class ClCode
{
    public const int DeviceNotFound = -1, PlatformNotFound = -1001;
    public const uint PlatformVersion = 0x0901, PlatformName = 0x0902;
    public const ulong AllDevices = 0xFFFFFFFF;
    public const uint DeviceType = 0x1000, ComputeUnits = 0x1002, WorkGroupSize = 0x1004, LargestBuffer = 0x1010, GlobalMemory = 0x101F,
        DeviceAvailable = 0x1027, CompilerAvailable = 0x1028, DeviceName = 0x102B, DeviceVendor = 0x102C, DriverVersion = 0x102D,
        DeviceVersion = 0x102F, DoubleConfig = 0x1032;

    public const ulong TypeCpu = 2, TypeGpu = 4, TypeAccelerator = 8;
    public const ulong QueueProfiling = 2;
    public const uint ProgramBinarySizes = 0x1165, ProgramBinaries = 0x1166, BuildLog = 0x1183;
    public const uint ProfilingStart = 0x1282, ProfilingEnd = 0x1283;
    public const ulong ReadWrite = 1;

    private static readonly Dictionary<int, string> Names = new()
    {
        [-1] = "CL_DEVICE_NOT_FOUND",
        [-2] = "CL_DEVICE_NOT_AVAILABLE",
        [-3] = "CL_COMPILER_NOT_AVAILABLE",
        [-4] = "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        [-5] = "CL_OUT_OF_RESOURCES",
        [-6] = "CL_OUT_OF_HOST_MEMORY",
        [-7] = "CL_PROFILING_INFO_NOT_AVAILABLE",
        [-11] = "CL_BUILD_PROGRAM_FAILURE",
        [-14] = "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        [-30] = "CL_INVALID_VALUE",
        [-33] = "CL_INVALID_DEVICE",
        [-36] = "CL_INVALID_COMMAND_QUEUE",
        [-38] = "CL_INVALID_MEM_OBJECT",
        [-42] = "CL_INVALID_BINARY",
        [-43] = "CL_INVALID_BUILD_OPTIONS",
        [-45] = "CL_INVALID_PROGRAM_EXECUTABLE",
        [-46] = "CL_INVALID_KERNEL_NAME",
        [-49] = "CL_INVALID_ARG_INDEX",
        [-50] = "CL_INVALID_ARG_VALUE",
        [-51] = "CL_INVALID_ARG_SIZE",
        [-52] = "CL_INVALID_KERNEL_ARGS",
        [-54] = "CL_INVALID_WORK_GROUP_SIZE",
        [-55] = "CL_INVALID_WORK_ITEM_SIZE",
        [-59] = "CL_INVALID_OPERATION",
        [-61] = "CL_INVALID_BUFFER_SIZE",
        [-1001] = "CL_PLATFORM_NOT_FOUND_KHR",
    };

    /// <summary>"CL_OUT_OF_RESOURCES (-5)".</summary>
    public static string Text(int code) => FormattableString.Invariant($"{Names.GetValueOrDefault(code, "error")} ({code})");

    /// <summary>Environment unless the call succeeded.</summary>
    public static void Check(int code, string call, string device)
    {
        if (code != 0)
            throw new AuditException(AuditCode.Environment, $"OpenCL device '{device}'", $"that {call} failed with {Text(code)}", "it to succeed",
                "Free the device's memory, choose another with --kernels opencl:NAME, or use --kernels auto.");
    }
}
