using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Bench.Saliency;

/// <summary>The arithmetic's measure: ONNX Runtime's own batched forward pass over the same samples.</summary>
internal sealed class ForwardPass : IDisposable
{
    private const int Batch = 64;

    private readonly SaliencyTask _task;
    private readonly OrtSession _session;

    private ForwardPass(SaliencyTask task, OrtSession session) => (_task, _session) = (task, session);

    public void Dispose() => _session.Dispose();

    internal static ForwardPass Open(SaliencyTask task, OrtLibrary runtime, SessionSettings settings) =>
        new(task, OrtSession.FromMemory(runtime, OnnxWriter.ToBytes(task.Model()), task.Name, settings));

    internal void Run()
    {
        var sample = _task.Inputs.Length / _task.Samples;
        for (var first = 0; first < _task.Samples; first += Batch)
        {
            var count = Math.Min(Batch, _task.Samples - first);
            using var input = OrtTensor.Over(_task.Inputs.AsMemory(first * sample, count * sample), [count, .. _task.Sample]);
            foreach (var output in _session.Run([(_session.Inputs[0].Name, input)], [_session.Outputs[0].Name])) output.Dispose();
        }
    }
}
