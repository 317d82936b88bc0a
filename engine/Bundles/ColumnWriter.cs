using System.Security.Cryptography;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Bundles;

/// <summary>One column being written: .npy head, rows as they come, into an LZ4 frame, hashed on the way. Memory does not grow with the rows.</summary>
internal sealed class ColumnWriter : IDisposable
{
    private readonly string _name;
    private readonly ElementType _type;
    private readonly long[] _dims;
    private readonly FileStream _file;
    private readonly Stream _frame;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _missing;
    private bool _closed;

    /// <summary>Creates the file and writes the head.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal ColumnWriter(string path, string name, ElementType type, ReadOnlySpan<long> dims)
    {
        if (dims.IsEmpty) throw new ArgumentException($"column '{name}' has no rows axis", nameof(dims));
        (_name, _type, _dims) = (name, type, dims.ToArray());
        _missing = type.ByteLength(Tensor.CountOf(dims));
        var head = NpyWriter.Header(type, dims);
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        try
        {
            _frame = Lz4Frame.Compress(_file);
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        Put(head);
    }

    /// <summary>Appends the next bytes. Type and shape must be those the column began with.</summary>
    internal void Append(ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<byte> rows)
    {
        if (type != _type || !dims.SequenceEqual(_dims)) throw new ArgumentException($"column '{_name}' began with another type or shape", nameof(dims));
        if (rows.Length > _missing) throw new ArgumentException($"column '{_name}' got {rows.Length - _missing} bytes more than its shape holds", nameof(rows));
        _missing -= rows.Length;
        Put(rows);
    }

    /// <summary>Ends the frame, brings it to disk, and says what was written.</summary>
    internal ColumnInfo Close()
    {
        if (_missing > 0) throw new InvalidOperationException($"column '{_name}' lacks {_missing} bytes");
        _frame.Dispose();
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        _closed = true;
        return new ColumnInfo(_name, _type, _dims, Convert.ToHexStringLower(_hash.GetHashAndReset()));
    }

    public void Dispose()
    {
        _hash.Dispose();
        if (_closed) return;
        _closed = true;
        try
        {
            _frame.Dispose();
        }
        finally
        {
            _file.Dispose();
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _frame.Write(bytes);
    }
}
