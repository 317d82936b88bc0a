using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Gradients;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>How a model does on labelled images it was not trained on.</summary>
/// <param name="Loss">Mean cross-entropy, nats, without label smoothing.</param>
/// <param name="Accuracy">Share of samples whose highest score is the label's, the first of equal ones counting.</param>
public readonly record struct EvaluationResult(double Loss, double Accuracy);

/// <summary>Runs a model, as it would be written, over a dataset: an ordinary inference session, which folds and packs what it likes.</summary>
internal sealed class Evaluation
{
    private readonly Model _model;
    private readonly string _logits;
    private readonly Value _image;
    private readonly ImageDataset _data;
    private readonly Preprocessing? _preprocessing;
    private readonly int _batch;

    private Evaluation(Model model, string logits, Value image, ImageDataset data, Preprocessing? preprocessing, int batch) =>
        (_model, _logits, _image, _data, _preprocessing, _batch) = (model, logits, image, data, preprocessing, batch);

    /// <summary>Of a copy of a model, at most <paramref name="batch"/> samples at a time.</summary>
    public static Evaluation Of(Model source, string? head, ImageDataset data, Preprocessing? preprocessing, int batch)
    {
        var model = OnnxReader.Read(OnnxWriter.ToBytes(source), source.Source);
        var image = ImageValue.Of(model, SampleShape.Of(data, preprocessing));
        var logits = HeadFinder.Find(model, head).Require().Expose(model).Logits;
        return new Evaluation(model, logits, image, data, preprocessing, (int?)image.Type!.Shape![0].Size ?? batch);
    }

    /// <summary>Runs with the weights and statistics of <paramref name="state"/>.</summary>
    public EvaluationResult Run(TrainingState state, OrtLibrary runtime, SessionSettings settings, TimeProvider clock, CancellationToken cancellation)
    {
        foreach (var (name, tensor) in state.Tensors()) _model.Graph.SetInitializer(name, tensor);
        using var session = OrtSession.FromMemory(runtime, OnnxWriter.ToBytes(_model), _model.Source, settings);
        using var batches = BatchStream.Over(_data, _preprocessing, _batch, cancel: cancellation, clock: clock);
        var (loss, correct) = (0.0, 0);
        foreach (var batch in batches)
        {
            var rows = _image.Type!.Shape![0].Size is null ? batch.Count : _batch;
            using var input = BatchTensor.Of(batch.Inputs, batch.Dims, rows);
            using var output = session.Run([(_image.Name, input)], [_logits], cancellation)[0];
            var scores = output.Values<float>();
            var classes = (int)(output.Count / rows);
            for (var i = 0; i < batch.Count; i++)
            {
                var row = scores.Slice(i * classes, classes);
                var label = _data.Labels.Span[batch.First + i];
                var best = 0;
                for (var c = 1; c < classes; c++)
                    if (row[c] > row[best]) best = c;
                if (best == label) correct++;
                double sum = 0;
                foreach (var score in row) sum += Math.Exp((double)score - row[best]);
                loss += Math.Log(sum) + row[best] - row[label];
            }
        }

        return new EvaluationResult(loss / _data.Count, (double)correct / _data.Count);
    }
}
