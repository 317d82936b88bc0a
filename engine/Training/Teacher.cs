using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Gradients;
using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Training;

/// <summary>A model whose scores another learns: an ordinary inference session on the student's own inputs, changes of the images included.</summary>
internal sealed class Teacher : IDisposable
{
    private readonly OrtSession _session;
    private readonly Value _image;
    private readonly string _logits;

    private Teacher(OrtSession session, Value image, string logits, string sha256, string path)
    {
        (_session, _image, _logits) = (session, image, logits);
        Parent = new RecipeParent("teacher", sha256, Path.GetFileName(path));
    }

    /// <summary>The teacher in the lineage.</summary>
    public RecipeParent Parent { get; }

    /// <summary>Opens a teacher for a student.</summary>
    /// <param name="path">The teacher.</param>
    /// <param name="sample">Shape of one sample as the student takes it.</param>
    /// <param name="classes">The student's number of classes.</param>
    /// <param name="preprocessing">How the student's inputs are made; null: nothing to compare the teacher's settings with.</param>
    /// <param name="runtime">ONNX Runtime.</param>
    /// <param name="settings">Threads, provider.</param>
    /// <exception cref="AuditException">Invalid: no classifier, or one of other classes or inputs. Usage: one that wants other preprocessing.</exception>
    public static Teacher Open(string path, ReadOnlySpan<long> sample, int classes, Preprocessing? preprocessing, OrtLibrary runtime, SessionSettings settings)
    {
        var model = OnnxReader.Read(path);
        var sha256 = ModelFiles.DigestOf(model, path);
        var head = HeadFinder.Find(model).Require();
        if (head.ClassCount != classes)
            throw new AuditException(AuditCode.Invalid, $"teacher {path}", FormattableString.Invariant($"{head.ClassCount} classes"), FormattableString.Invariant($"the student's {classes}"), "Choose a teacher of the same classes.");
        CheckPreprocessing(model, path, preprocessing);
        var image = ImageValue.Of(model, sample);
        var logits = head.Expose(model).Logits;
        return new Teacher(OrtSession.FromMemory(runtime, OnnxWriter.ToBytes(model), path, settings), image, logits, sha256, path);
    }

    /// <summary>The scores of a batch, [N,C].</summary>
    public float[] Scores(Memory<float> images, ReadOnlySpan<long> dims, CancellationToken cancellation)
    {
        var fixedRows = (int?)_image.Type!.Shape![0].Size;
        var count = (int)dims[0];
        if (fixedRows is not { } rows || rows == count) return Run(images, dims, count, count, cancellation);
        var sample = images.Length / count;
        long[] part = [0, .. dims[1..]];
        var all = new List<float>();
        for (var first = 0; first < count; first += rows)
        {
            part[0] = Math.Min(rows, count - first);
            all.AddRange(Run(images.Slice(first * sample, (int)part[0] * sample), part, rows, (int)part[0], cancellation));
        }

        return [.. all];
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private float[] Run(Memory<float> images, ReadOnlySpan<long> dims, int rows, int count, CancellationToken cancellation)
    {
        using var input = BatchTensor.Of(images, dims, rows);
        using var output = _session.Run([(_image.Name, input)], [_logits], cancellation)[0];
        return output.Values<float>()[..(int)(output.Count / rows * count)].ToArray();
    }

    private static void CheckPreprocessing(Model model, string path, Preprocessing? students)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in model.Metadata) metadata.TryAdd(key, value);
        if (students is null || Preprocessing.Find(null, metadata, path) is not { } own) return;
        var (found, wanted) = ((own with { Classes = null }).ToJson(), (students with { Classes = null }).ToJson());
        if (found != wanted)
            throw new AuditException(AuditCode.Usage, $"teacher {path}", $"preprocessing {found}", $"the student's, {wanted}: both see the same inputs", "Choose a teacher of the same preprocessing, or give the settings of both with --preprocess.");
    }
}
