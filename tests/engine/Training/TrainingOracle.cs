using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Design;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Training;

namespace OnnxAudit.Tests.Training;

/// <summary>PyTorch's twenty steps, written by tests/oracles/training/make_training.py.</summary>
internal static class TrainingOracle
{
    public const int Batch = 8;

    private static readonly string Folder = Path.Combine(SourceTree.Root, "tests", "oracles", "training");

    public static Model Net() => OnnxReader.Read(Path.Combine(Folder, "small_net.onnx"));

    public static Tensor Array(string name)
    {
        var (where, bytes) = NpzFile.ReadMember(Path.Combine(Folder, "training.npz"), name);
        return NpyFile.OverMemory(where, bytes).ToTensor();
    }

    public static float[] Images(int batch) => Array("images").Span<float>().Slice(batch * Batch * 192, Batch * 192).ToArray();

    public static long[] Labels(int batch) => Array("labels").Span<long>().Slice(batch * Batch, Batch).ToArray();

    public static TrainingState State(TrainingLoss? loss = null, bool portable = false)
    {
        var net = Net();
        return new TrainingState(TrainingGraph.Build(net, [3, 8, 8], null, loss ?? new TrainingLoss(), portable), net);
    }

    public static TrainingSession Session(OptimiserSettings optimiser, TrainingLoss? loss = null, bool portable = false, int threads = 1) =>
        TrainingSession.Open(Ort.Library, State(loss, portable), optimiser, new() { Threads = threads });

    public static StepResult Step(TrainingSession session, int step, double rate) =>
        session.Step(Images(step % 4), [Batch, 3, 8, 8], Labels(step % 4), session.State.Graph.Teacher is null ? [] : Teacher(step % 4), rate, default);

    private static float[] Teacher(int batch) => Array("teacher").Span<float>().Slice(batch * Batch * 5, Batch * 5).ToArray();
}
