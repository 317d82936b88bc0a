using System.Text.Json;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Runtime;
using OnnxAudit.Tests.Data;

namespace OnnxAudit.Tests.Models;

/// <summary>What models/README.md and shapes_cnn.json say of the demo model, against the file.</summary>
public sealed class ShapesCnnTests
{
    private static readonly string Folder = Path.Combine(ImageFileTests.Repository, "models");
    private static readonly string Model = Path.Combine(Folder, "shapes_cnn.onnx");

    [Fact]
    public void Accuracy_IsTheOneStated_AndNotPerfect()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(Model, ".json")));
        var stated = document.RootElement.GetProperty("test_accuracy").GetDouble();
        var library = OrtLibrary.Load(new OrtSearch(null, Environment.GetEnvironmentVariable("ONNXAUDIT_ORT"), AppContext.BaseDirectory,
            System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier));
        using var session = OrtSession.FromFile(library, Model, new SessionSettings());
        using var dataset = DataSpec.Open("synthetic:shapes", new DataOptions { ClassCount = 10 });
        using var stream = BatchStream.Over(dataset, Preprocessing.Resolve(null, new Dictionary<string, string>(), Model), 100);
        var right = 0;
        foreach (var batch in stream)
        {
            using var input = OrtTensor.Over(batch.Inputs, batch.Dims);
            using var output = session.Run([("input", input)], ["logits"])[0];
            var logits = output.Span<float>();
            for (var i = 0; i < batch.Count; i++)
            {
                var scores = logits.Slice(i * 10, 10);
                if (System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(scores) == dataset.Labels.Span[batch.First + i]) right++;
            }
        }

        // Two images may fall the other way where another ONNX Runtime or processor adds up in another order.
        Assert.InRange(right / 2000.0, stated - 0.001, stated + 0.001);
        Assert.InRange(stated, 0.90, 0.97);
    }

    [Fact]
    public void Table_AndClasses_AreTrue()
    {
        var table = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.Contains(Digest.OfFile(Model), table);
        Assert.True(new FileInfo(Model).Length <= 1 << 20);
        Assert.Equal(ShapePainter.ClassNames, Preprocessing.Resolve(null, new Dictionary<string, string>(), Model).Classes);
    }
}
