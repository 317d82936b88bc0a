using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>
/// The OpenCL form of the cosine neighbours (cosine_knn.md), on one device. Tolerance against the scalar form: the same bits where the device keeps
/// subnormal float32, else cosines within 1e-6 and neighbours that differ only among such near-equals.
/// </summary>
internal sealed unsafe class CosineKnnOpenCl : IDisposable
{
    private const string File = "cosine_knn.cl";

    // On the device at a time: base rows, and cosines of some queries with them.
    private const long RowBytes = 128 << 20, SimilarityBytes = 64 << 20;

    private readonly OpenClSession _session;
    private readonly int _tile;
    private readonly ClKernel _similarities, _select;
    private readonly ClBuffer _queries, _rows, _queryNorms, _rowNorms, _cosines, _index, _similarity;

    /// <summary>Builds the kernels.</summary>
    public CosineKnnOpenCl(OpenClSession session)
    {
        (_session, _tile) = (session, session.Tile);
        var options = FormattableString.Invariant($"-DTILE={_tile}");
        _similarities = session.Kernel(File, options, "cosine_knn_similarities");
        _select = session.Kernel(File, options, "cosine_knn_select");
        (_queries, _rows, _queryNorms, _rowNorms, _cosines, _index, _similarity) = (new(session), new(session), new(session), new(session), new(session), new(session), new(session));
    }

    /// <summary>Runs the kernel. Returns 0 or an error code of the C header; a device fault is an Environment error.</summary>
    public int Run(CosineKnnArguments* a)
    {
        var code = CosineKnnManaged.Check(a);
        if (code != 0) return code;
        a->Form = 4;
        if (a->Queries == 0) return 0;
        var width = Math.Max(1, a->Features) * sizeof(float);
        var rows = Math.Clamp(RowBytes / width, _tile, Math.Max(_tile, a->Rows));
        var queries = Math.Clamp(Math.Min(SimilarityBytes / (rows * sizeof(float)), RowBytes / width), _tile, Math.Max(_tile, a->Queries));
        _session.Run(() =>
        {
            for (long q0 = 0; q0 < a->Queries; q0 += queries) RunQueries(a, q0, Math.Min(queries, a->Queries - q0), rows);
        });
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in new[] { _queries, _rows, _queryNorms, _rowNorms, _cosines, _index, _similarity }) buffer.Dispose();
        _similarities.Dispose();
        _select.Dispose();
    }

    private void RunQueries(CosineKnnArguments* a, long q0, long q, long block)
    {
        long d = a->Features, k = a->Neighbours;
        _queries.Write(a->QueryMatrix + q0 * a->QueryStride, q, d * sizeof(float), a->QueryStride * sizeof(float));
        _queryNorms.Write(a->InverseQueryNorms + q0, 1, q * sizeof(float), 0);
        _index.Hold(q * k * sizeof(int));
        _similarity.Hold(q * k * sizeof(float));
        var self = a->FirstQuery < 0 ? -1 : a->FirstQuery + q0;
        // One empty block where there are no rows: it writes that there are none.
        for (long b0 = 0; b0 == 0 || b0 < a->Rows; b0 += block)
        {
            var b = Math.Min(block, a->Rows - b0);
            // Base rows that fit at once stay on the device for all queries of a call.
            if (q0 == 0 || a->Rows > block) _rows.Write(a->RowMatrix + b0 * a->RowStride, b, d * sizeof(float), a->RowStride * sizeof(float));
            _rowNorms.Write(a->InverseRowNorms + b0, 1, b * sizeof(float), 0);
            _cosines.Hold(q * b * sizeof(float));
            _similarities.Begin().With(q).With(b).With(d).With(_queries).With(_rows).With(_queryNorms).With(_rowNorms).With(_cosines).Run(b, q, _tile, _tile);
            _select.Begin().With(q).With(b).With(b0).With(self).With(k).With(_cosines).With(_index).With(_similarity).Run(q, 1, _tile, 1);
        }

        _index.Read(a->Index + q0 * a->ResultStride, q, k * sizeof(int), a->ResultStride * sizeof(int));
        _similarity.Read(a->Similarity + q0 * a->ResultStride, q, k * sizeof(float), a->ResultStride * sizeof(float));
    }
}
