using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>One call of a kernel on made-up numbers, the same for every form: what <see cref="KernelProbe"/> compares and times.</summary>
internal abstract class KernelExample
{
    /// <summary>The kernel's name.</summary>
    public abstract string Kernel { get; }

    /// <summary>The kernel's list of forms.</summary>
    public abstract IReadOnlyList<KernelForm> Forms { get; }

    /// <summary>Operations, or bytes where the memory decides, of a call.</summary>
    public abstract double Work { get; }

    /// <summary>What <see cref="Work"/> counts, a second and 10⁹ of them.</summary>
    public virtual string Unit => "Gflop/s";

    /// <summary>What the latest call gave.</summary>
    public abstract IEnumerable<double> Results { get; }

    /// <summary>The OpenCL form on a device.</summary>
    public abstract KernelForm On(OpenClSession session);

    /// <summary>Makes the next call start from the beginning, where calls add up.</summary>
    public virtual void Reset()
    {
    }

    /// <summary>A call of a form of <see cref="Forms"/>, or of <see cref="On"/>.</summary>
    public abstract void Run(KernelForm form);

    /// <summary>Numbers in [−½,½).</summary>
    protected static float[] Numbers(ulong part, long count)
    {
        var source = Philox.For(1, "kernel probe");
        var numbers = new float[count];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = Philox.ToUnit(source.Words(part, (ulong)i).A) - 0.5f;
        return numbers;
    }
}
