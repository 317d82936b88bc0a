using OnnxAudit.Tests.Bundles;
using OnnxAudit.Tests.Runtime;
using OnnxAudit.Training;
using OnnxAudit.Training.Tickets;

namespace OnnxAudit.Tests.Training.Tickets;

/// <summary>A ticket of a real network on real images; one epoch takes some 15 seconds of processor time.</summary>
[Trait("Category", "slow")]
public class TicketAccuracyTests
{
    [SkippableFact]
    public void HalfOfARandomLeNet_ClassifiesFashion()
    {
        var (model, data) = (SharedData.Require("models/lenet5_fmnist.onnx"), SharedData.Require("fashion_mnist"));
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path);
        string Spec(string part) => $"idx:{data}/{part}-images-idx3-ubyte.gz,{data}/{part}-labels-idx1-ubyte.gz";
        var settings = new TrainingSettings { Epochs = 1, Rate = new LearningRate { Peak = 0.1, Kind = ScheduleKind.Cosine }, Seed = 1 };
        var training = new TrainingRequest(model, folder.In("ticket.onnx"), Spec("train"), settings, Ort.Library, TimeProvider.System, "test") { Test = Spec("t10k"), Threads = 2 };
        var report = TicketSearch.Run(new TicketRequest(training, new TicketSettings { Amount = 0.5 }) { Packed = true });
        Assert.InRange(report.Epochs[^1].Test!.Value.Accuracy, 0.8, 1);
        Assert.InRange(report.Bytes, 1, new FileInfo(model).Length / 9);
    }
}
