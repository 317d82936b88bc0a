using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace OnnxAudit.Kernels;

/// <summary>What this processor and its operating system let the kernels use, by the usual lower-case names. Recorded in manifests.</summary>
/// <remarks>The .NET switches (DOTNET_EnableAVX2=0, …) remove a bit here too, which is how a machine without it is simulated.</remarks>
public static class CpuFeatures
{
    /// <summary>The bits present, in a fixed order: "sse4.2", "avx", "avx2", "fma", "avx512f", "neon".</summary>
    public static IReadOnlyList<string> Present { get; } = Detect();

    /// <summary>True when every named bit is present.</summary>
    public static bool Has(IReadOnlyList<string> bits) => bits.All(Present.Contains);

    private static List<string> Detect()
    {
        var present = new List<string>();
        if (Sse42.IsSupported) present.Add("sse4.2");
        if (Avx.IsSupported) present.Add("avx");
        if (Avx2.IsSupported) present.Add("avx2");
        if (Fma.IsSupported) present.Add("fma");
        if (Avx512F.IsSupported) present.Add("avx512f");
        if (AdvSimd.Arm64.IsSupported) present.Add("neon");
        return present;
    }
}
