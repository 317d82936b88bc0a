using System.Globalization;
using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Gradients;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Gradients.Shapes;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>Files and choices of a recalibration.</summary>
/// <param name="ModelPath">The model.</param>
/// <param name="OutPath">The model to write; not the input.</param>
/// <param name="Data">DATA SPEC of images; their labels are not used.</param>
/// <param name="Runtime">ONNX Runtime.</param>
/// <param name="ToolVersion">Version of the program, for the lineage.</param>
public sealed record RecalibrationRequest(string ModelPath, string OutPath, string Data, OrtLibrary Runtime, string ToolVersion)
{
    /// <summary>Batches to average over; all full ones when the data holds fewer.</summary>
    public int Batches { get; init; } = 32;

    /// <summary>Images of a batch.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Seed of the order the images are drawn in.</summary>
    public ulong Seed { get; init; }

    /// <summary>How pixels become inputs; null: as the model's metadata or the JSON beside it says.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>Name of the classifier-head node, when the search must not choose.</summary>
    public string? Head { get; init; }

    /// <summary>Threads; results depend on them, by rounding.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>What a recalibration made.</summary>
/// <param name="Path">The model written.</param>
/// <param name="Sha256">Its SHA-256 (hex).</param>
/// <param name="Recipe">The lineage in its metadata.</param>
/// <param name="Norms">Batch normalisations with new statistics.</param>
/// <param name="Batches">Batches averaged over.</param>
/// <param name="Notes">Sentences for people.</param>
public sealed record RecalibrationReport(string Path, string Sha256, Recipe Recipe, int Norms, int Batches, IReadOnlyList<string> Notes);

/// <summary>
/// The recalibrate operation: running statistics of batch normalisation estimated anew on unlabelled images, no weight changed. Each is the plain mean over the
/// batches of the batch's mean and of its unbiased variance, every layer before it normalising by the batch too (PyTorch's momentum None).
/// </summary>
public static class Recalibration
{
    /// <summary>Recalibrates and writes. The same input, data, seed, threads and runtime give the same bytes.</summary>
    /// <exception cref="AuditException">Usage: numbers out of range, too little data, files that are one. Invalid: model or data, or no batch normalisation.</exception>
    public static RecalibrationReport Run(RecalibrationRequest request, CancellationToken cancellation = default)
    {
        Check(request, graph: false);
        var model = OnnxReader.Read(request.ModelPath);
        var external = model.Graph.Initializers.Any(v => v.Initializer!.Storage is TensorStorage { Form: TensorForm.External });
        var dataPath = external ? request.OutPath + ".data" : null;
        OutputPaths.Check(ModelFiles.Of(model, request.ModelPath).Select((file, i) => (i == 0 ? "the input" : "the input's weights", file.Path)),
            [("the output", request.OutPath), ("the output's weights", dataPath)]);
        var parent = new RecipeParent("base", ModelFiles.DigestOf(model, request.ModelPath), Path.GetFileName(request.ModelPath));
        var notes = new List<string>();
        using var data = TrainingData.Open(model, request.ModelPath, request.Data, null, request.Preprocessing, request.Head, null, notes);
        OwnTensors.Give(model);
        var (norms, batches) = Estimate(model, request, data, cancellation);
        if (request.Preprocessing is { } given) model.SetMetadata(Preprocessing.MetadataKey, given.ToJson());
        else notes.AddRange(CarriedPreprocessing.Into(model, request.ModelPath));
        string N(long n) => n.ToString(CultureInfo.InvariantCulture);
        var recipe = new Recipe("recalibrate",
            [new("batches", N(batches)), new("batch", N(request.Batch)), new("seed", request.Seed.ToString(CultureInfo.InvariantCulture)), new("data", $"{data.Train.Id} sha256:{data.Train.Digest}"),
                new("threads", N(request.Threads)), new("runtime", request.Runtime.Version)], [parent], request.ToolVersion);
        recipe.WriteTo(model);
        OnnxWriter.Write(model, request.OutPath, new OnnxWriteOptions { ExternalDataFile = Path.GetFileName(dataPath) });
        return new RecalibrationReport(request.OutPath, Digest.OfFile(request.OutPath), recipe, norms, batches, notes);
    }

    /// <summary>What <see cref="Run"/> would refuse, found without running: the numbers and, where <paramref name="graph"/> says that the request's model or one with the same layers is there, model and data.</summary>
    /// <exception cref="AuditException">As <see cref="Run"/>.</exception>
    public static void Check(RecalibrationRequest request, bool graph)
    {
        if (request.Batches < 1) throw Bad("batches", request.Batches, "1 or more");
        if (request.Batch < 2) throw Bad("batch", request.Batch, "2 or more: a variance needs them");
        if (!graph) return;
        var model = OnnxReader.Read(request.ModelPath);
        using var data = TrainingData.Open(model, request.ModelPath, request.Data, null, request.Preprocessing, request.Head, null, []);
        if (!model.Graph.Nodes.Any(n => n.Is("BatchNormalization"))) throw NoNorms(model);
    }

    private static AuditException NoNorms(Model model) => new(AuditCode.Invalid, model.Source, "no batch normalisation", "BatchNormalization nodes",
        "An export may have folded them into the convolutions; export them as nodes.");

    private static (int Norms, int Batches) Estimate(Model model, RecalibrationRequest request, TrainingData data, CancellationToken cancellation)
    {
        var copy = OnnxReader.Read(OnnxWriter.ToBytes(model), model.Source);
        var image = ImageValue.Of(copy, SampleShape.Of(data.Train, data.Preprocessing));
        OpsetUpgrade.To18(copy);
        foreach (var output in copy.Graph.Outputs.ToArray()) copy.Graph.RemoveOutput(output);
        var made = BatchStatistics.Make(copy);
        if (made.Count == 0) throw NoNorms(model);
        var facts = ShapeFacts.Of(copy.Graph);
        var norms = made.Select(m => m.Of(facts, model.Source)).ToArray();
        foreach (var one in made) one.List(copy.Graph);
        GraphTrim.Trim(copy.Graph);
        var batch = (int?)image.Type!.Shape![0].Size ?? request.Batch;
        var batches = Math.Min(request.Batches, data.Train.Count / batch);
        if (batches == 0) throw Bad("data", data.Train.Count, FormattableString.Invariant($"at least the {batch} images of one batch"));
        var sums = norms.Select(n => (Mean: new double[n.Channels], Variance: new double[n.Channels])).ToArray();
        using var session = OrtSession.FromMemory(request.Runtime, OnnxWriter.ToBytes(copy), model.Source, new SessionSettings { Threads = request.Threads });
        using var drawn = EpochOrder.Of(data.Train, request.Seed, 0, 0, batches * batch);
        using var stream = BatchStream.Over(drawn, data.Preprocessing, batch, cancel: cancellation);
        string[] outputs = [.. norms.SelectMany(n => new[] { n.BatchMean, n.BatchVariance })];
        foreach (var images in stream)
        {
            using var input = OrtTensor.Over(images.Inputs, images.Dims);
            var results = session.Run([(image.Name, input)], outputs, cancellation);
            for (var i = 0; i < norms.Length; i++)
            {
                var n = (double)batch * norms[i].PerSample;
                Add(sums[i].Mean, results[2 * i].Values<float>(), 1);
                Add(sums[i].Variance, results[2 * i + 1].Values<float>(), n > 1 ? n / (n - 1) : 1);
            }

            foreach (var result in results) result.Dispose();
        }

        for (var i = 0; i < norms.Length; i++)
        {
            model.Graph.SetInitializer(norms[i].Mean, Averaged(sums[i].Mean, batches));
            model.Graph.SetInitializer(norms[i].Variance, Averaged(sums[i].Variance, batches));
        }

        return (norms.Length, batches);
    }

    private static void Add(double[] sums, ReadOnlySpan<float> values, double factor)
    {
        for (var c = 0; c < sums.Length; c++) sums[c] += factor * values[c];
    }

    private static Tensor Averaged(double[] sums, int batches) => Tensor.FromFloats([sums.Length], [.. sums.Select(s => (float)(s / batches))]);

    private static AuditException Bad(string what, long found, string expected) =>
        new(AuditCode.Usage, what, found.ToString(CultureInfo.InvariantCulture), expected, "Change the value.");
}
