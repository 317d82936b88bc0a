namespace OnnxAudit.Kernels;

/// <summary>One implementation of one kernel: its name, what it needs, and whether it can run here.</summary>
/// <param name="Name">"avx2", "managed", "scalar", …: the name requests and manifests use.</param>
/// <param name="Native">True when the code lies in the kernel library.</param>
/// <param name="Requires">The processor bits it needs, as <see cref="CpuFeatures"/> names them.</param>
/// <param name="WhyNot">Null when the form can run here; else the reason, a phrase.</param>
public abstract record KernelForm(string Name, bool Native, IReadOnlyList<string> Requires, string? WhyNot)
{
    /// <summary>Null when the form can run here; else the reason, a phrase. Asking may start a device's driver.</summary>
    public virtual string? WhyNot { get; } = WhyNot;

    /// <summary>True when the form spreads its work over a device itself, so that splitting it over threads gains nothing.</summary>
    public virtual bool OnDevice => false;

    /// <summary>True when the form can run here.</summary>
    public bool Supported => WhyNot is null;
}
