using System.Runtime.InteropServices;
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
    private ColumnInfo? _written;
    private bool _closed;

    /// <summary>Writes the head into <paramref name="file"/>, which is new, unbuffered, and the column's from now on.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal ColumnWriter(FileStream file, string name, ElementType type, ReadOnlySpan<long> dims)
    {
        _file = file;
        try
        {
            if (dims.IsEmpty) throw new ArgumentException($"column '{name}' has no rows axis", nameof(dims));
            (_name, _type, _dims) = (name, type, dims.ToArray());
            _missing = type.ByteLength(Tensor.CountOf(dims));
            var head = NpyWriter.Header(type, dims);
            _frame = Lz4Frame.Compress(_file);
            Put(head);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Appends the next bytes. Type and shape must be those the column began with.</summary>
    internal void Append(ElementType type, ReadOnlySpan<long> dims, ReadOnlySpan<byte> rows)
    {
        if (type != _type || !dims.SequenceEqual(_dims)) throw new ArgumentException($"column '{_name}' began with another type or shape", nameof(dims));
        if (rows.Length > _missing) throw new ArgumentException($"column '{_name}' got {rows.Length - _missing} bytes more than its shape holds", nameof(rows));
        _missing -= rows.Length;
        Put(rows);
    }

    /// <summary>Ends the frame, brings it to disk, and says what was written. A second call says it again.</summary>
    internal ColumnInfo Close()
    {
        if (_written is { } written) return written;
        if (_missing > 0) throw new InvalidOperationException($"column '{_name}' lacks {_missing} bytes");
        _frame.Dispose();
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        _closed = true;
        return _written = new ColumnInfo(_name, _type, _dims, Convert.ToHexStringLower(_hash.GetHashAndReset()));
    }

    /// <summary>Lets go of file and frame. A column that was not closed is no column, so what its frame could not put on a full disk is no error here.</summary>
    public void Dispose()
    {
        _hash.Dispose();
        if (_closed) return;
        _closed = true;
        try
        {
            _frame.Dispose();
        }
        catch (Exception e) when (e is IOException or ExternalException)
        {
            // Append or Close has thrown what stopped the column; a second error here would hide it.
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
