using OnnxAudit.Data;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;

namespace OnnxAudit.Training;

/// <summary>The images of a run and how they become inputs.</summary>
internal sealed class TrainingData : IDisposable
{
    private TrainingData(ImageDataset train, ImageDataset? test, Preprocessing? preprocessing) => (Train, Test, Preprocessing) = (train, test, preprocessing);

    /// <summary>Images to learn from.</summary>
    public ImageDataset Train { get; }

    /// <summary>Images to test on; null: none.</summary>
    public ImageDataset? Test { get; }

    /// <summary>How pixels become inputs; null for floats without settings.</summary>
    public Preprocessing? Preprocessing { get; }

    /// <summary>Opens what a request names and checks that it fits together.</summary>
    /// <exception cref="AuditException">Usage: changes of images that these cannot take. Invalid: the data, or no preprocessing settings for pixels.</exception>
    public static TrainingData Open(Model model, TrainingRequest request, List<string> notes) =>
        Open(model, request.ModelPath, request.Train, request.Test, request.Preprocessing, request.Head, request.Settings.Augmentation, notes);

    /// <summary>Opens what the arguments, which are a request's, name.</summary>
    public static TrainingData Open(
        Model model, string modelPath, string trainSpec, string? testSpec, Preprocessing? given, string? head, Augmentation? augmentation, List<string> notes)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in model.Metadata) metadata.TryAdd(key, value);
        var preprocessing = given ?? Preprocessing.Find(null, metadata, modelPath);
        var options = new DataOptions { Preprocessing = preprocessing, ClassCount = HeadFinder.Find(model, head).Require().ClassCount };
        ImageDataset? train = null, test = null;
        try
        {
            train = DataSpec.Open(trainSpec, options);
            test = testSpec is { } spec ? DataSpec.Open(spec, options) : null;
            if ((train.Encoding == SampleEncoding.Pixels || test?.Encoding == SampleEncoding.Pixels) && preprocessing is null)
                preprocessing = Preprocessing.Resolve(null, metadata, modelPath);
            if (test is not null && test.Shape != train.Shape)
                throw new AuditException(AuditCode.Invalid, test.Spec, $"samples of {test.Shape}", $"{train.Shape}, as {train.Spec} has", "Choose test data of the same shape.");
            if (augmentation is { } changes) Check(changes, train);
            notes.AddRange(train.Notes.Concat(test?.Notes ?? []));
            return new TrainingData(train, test, preprocessing);
        }
        catch
        {
            train?.Dispose();
            test?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Train.Dispose();
        Test?.Dispose();
    }

    private static void Check(Augmentation changes, ImageDataset train)
    {
        if (train.Encoding != SampleEncoding.Pixels)
            throw new AuditException(AuditCode.Usage, train.Spec, "floats", "pixels, which --augment changes", "Leave --augment out, or give images.");
        if (changes.Crop >= Math.Min(train.Shape.Height, train.Shape.Width))
            throw new AuditException(AuditCode.Usage, "augmentation", FormattableString.Invariant($"crop:{changes.Crop}"), $"fewer pixels than a side of {train.Shape}", "Choose a smaller number.");
    }
}
