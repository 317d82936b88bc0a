using System.Collections;
using OnnxAudit.Files;

namespace OnnxAudit.Compression;

/// <summary>The masks of a model, one per tensor, in the order they were made (forward order). Immutable.</summary>
public sealed class MaskSet : IReadOnlyList<Mask>
{
    private readonly Mask[] _masks;
    private readonly Dictionary<string, Mask> _byTensor;
    private string? _digest;

    /// <summary>A set of masks over different tensors.</summary>
    /// <exception cref="ArgumentException">Two masks name the same tensor.</exception>
    public MaskSet(IEnumerable<Mask> masks)
    {
        _masks = [.. masks];
        _byTensor = new Dictionary<string, Mask>(_masks.Length);
        foreach (var mask in _masks)
            if (!_byTensor.TryAdd(mask.Tensor, mask)) throw new ArgumentException($"two masks for '{mask.Tensor}'", nameof(masks));
    }

    /// <inheritdoc/>
    public int Count => _masks.Length;

    /// <inheritdoc/>
    public Mask this[int index] => _masks[index];

    /// <summary>Weights over all masks.</summary>
    public long Weights => _masks.Sum(m => m.Count);

    /// <summary>Weights that stay, over all masks.</summary>
    public long Kept => _masks.Sum(m => m.Kept);

    /// <summary>SHA-256 (hex) of the masks' canonical bytes: equal digests, equal names, order and bits.</summary>
    public string Digest => _digest ??= OnnxAudit.Files.Digest.Of(MaskFile.Body(this));

    /// <summary>The mask of that tensor, or null.</summary>
    public Mask? Find(string tensor) => _byTensor.GetValueOrDefault(tensor);

    /// <summary>Writes the masks as packed bits (format: <see cref="MaskFile"/>), whole or not at all.</summary>
    /// <exception cref="AuditException">Environment: the file cannot be written.</exception>
    public void Save(string path) => AtomicFile.WriteBytes(path, MaskFile.Bytes(this));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="AuditException">Invalid: missing, not a mask file, truncated, changed, or of a newer version.</exception>
    public static MaskSet Load(string path) => MaskFile.Read(path);

    /// <inheritdoc/>
    public IEnumerator<Mask> GetEnumerator() => ((IEnumerable<Mask>)_masks).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _masks.GetEnumerator();
}
