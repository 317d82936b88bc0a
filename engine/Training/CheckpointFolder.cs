using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OnnxAudit.Files;

namespace OnnxAudit.Training;

/// <summary>
/// Where a run is kept: one file, replaced whole. Little-endian: 8 bytes magic "OATRAIN\n"; uint32 version 1; uint32 length of the head; the head, UTF-8 JSON
/// with the run's identity and how far it has come; float32 arrays: weights, statistics, the optimiser's state and, where the head names a best epoch, its
/// weights and statistics; 32 bytes SHA-256 of everything before it.
/// </summary>
internal sealed class CheckpointFolder(string folder, IReadOnlyList<KeyValuePair<string, string>> identity)
{
    private const uint Version = 1;
    private const int HeadStart = 16;
    private const int Sum = 32;

    private static ReadOnlySpan<byte> Magic => "OATRAIN\n"u8;

    /// <summary>The file.</summary>
    public string FilePath { get; } = Path.Combine(folder, "training.checkpoint");

    /// <summary>Whether there is one.</summary>
    public bool Exists => File.Exists(FilePath);

    /// <summary>The error for a run that would begin where one is kept.</summary>
    public AuditException AlreadyThere() => new(AuditCode.Usage, FilePath, "a checkpoint already", "a new folder", "Add --resume to go on with it, or remove it.");

    /// <summary>Writes the run as it stands.</summary>
    public void Write(TrainingSession session, TrainingMark mark)
    {
        var head = CheckpointHead.Write(identity, session.Optimiser.Steps, mark);
        var arrays = Arrays(session, mark.Best);
        var bytes = new byte[HeadStart + head.Length + arrays.Sum(a => (long)a.Length * sizeof(float)) + Sum];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), (uint)head.Length);
        head.CopyTo(bytes.AsSpan(HeadStart));
        var at = HeadStart + head.Length;
        foreach (var array in arrays)
        {
            MemoryMarshal.AsBytes(array.Span).CopyTo(bytes.AsSpan(at));
            at += array.Length * sizeof(float);
        }

        SHA256.HashData(bytes.AsSpan(0, at), bytes.AsSpan(at));
        AtomicFile.WriteBytes(FilePath, bytes);
    }

    /// <summary>Puts a kept run back into a session; null when there is none.</summary>
    /// <exception cref="AuditException">Invalid: a damaged file. Usage: it is of another run.</exception>
    public TrainingMark? Read(TrainingSession session)
    {
        if (!Exists) return null;
        var bytes = File.ReadAllBytes(FilePath);
        if (bytes.Length < HeadStart + Sum || !bytes.AsSpan().StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) != Version
            || !SHA256.HashData(bytes.AsSpan(..^Sum)).AsSpan().SequenceEqual(bytes.AsSpan(^Sum..)))
            throw new AuditException(AuditCode.Invalid, FilePath, "no checkpoint, or a damaged one", "a checkpoint of this version", "Remove it and train from the start.");
        var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12));
        var (steps, mark) = CheckpointHead.Read(Encoding.UTF8.GetString(bytes, HeadStart, length), FilePath, identity);
        if (mark.Best is { } best)
            mark.Best = best with { Weights = new float[session.Trained.All.Length], Statistics = new float[session.State.Statistics.All.Length] };
        session.Optimiser.Steps = steps;
        var rest = MemoryMarshal.Cast<byte, float>(bytes.AsSpan((HeadStart + length)..^Sum));
        foreach (var array in Arrays(session, mark.Best))
        {
            rest[..array.Length].CopyTo(array.Span);
            rest = rest[array.Length..];
        }

        return mark;
    }

    private static List<Memory<float>> Arrays(TrainingSession session, BestWeights? best) =>
    [
        session.Trained.Whole, session.State.Statistics.Whole, .. session.Optimiser.State.Select(s => s.Value.AsMemory()),
        .. best is null ? Array.Empty<Memory<float>>() : [best.Weights.AsMemory(), best.Statistics.AsMemory()],
    ];
}
