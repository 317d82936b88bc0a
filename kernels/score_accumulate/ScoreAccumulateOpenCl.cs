using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>The OpenCL form of score_accumulate (score_accumulate.md), on one device. Tolerance against the scalar form: none, as one IEEE addition is all there is.</summary>
internal sealed unsafe class ScoreAccumulateOpenCl : IDisposable
{
    private const int Group = 64;

    // Elements on the device at a time: 16 bytes each, and any buffer small enough for every device.
    private const long Chunk = 8 << 20;

    private readonly OpenClSession _session;
    private readonly ClKernel _kernel;
    private readonly ClBuffer _gradient, _weight, _sum;

    /// <summary>Builds the kernel. A device without float64: Environment.</summary>
    public ScoreAccumulateOpenCl(OpenClSession session)
    {
        session.RequireDoubles("score_accumulate");
        _session = session;
        _kernel = session.Kernel("score_accumulate.cl", "", "score_accumulate");
        (_gradient, _weight, _sum) = (new(session), new(session), new(session));
    }

    /// <summary>Runs the kernel. Returns 0 or an error code of the C header; a device fault is an Environment error.</summary>
    public int Run(ScoreAccumulateArguments* a)
    {
        var code = ScoreAccumulateManaged.Check(a);
        if (code != 0) return code;
        a->Form = 4;
        _session.Run(() =>
        {
            for (long first = 0; first < a->Count; first += Chunk)
            {
                var count = Math.Min(Chunk, a->Count - first);
                _gradient.Write(a->Gradient + first, 1, count * sizeof(float), 0);
                if (a->Mode != (long)ScoreTerm.Square) _weight.Write(a->Weight + first, 1, count * sizeof(float), 0);
                _sum.Write(a->Sum + first, 1, count * sizeof(double), 0);
                _kernel.Begin().With(count).With(a->Mode == (long)ScoreTerm.AbsoluteProduct ? 1 : 0).With(_gradient)
                    .With(a->Mode == (long)ScoreTerm.Square ? _gradient : _weight).With(_sum).Run(count, 1, (int)Math.Min(Group, (long)_session.Device.WorkGroupSize), 1);
                _sum.Read(a->Sum + first, 1, count * sizeof(double), 0);
            }
        });
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in new[] { _gradient, _weight, _sum }) buffer.Dispose();
        _kernel.Dispose();
    }
}
