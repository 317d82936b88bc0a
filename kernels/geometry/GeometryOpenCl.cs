using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>
/// The OpenCL form of the geometry kernel (geometry.md), on one device. Tolerance against the scalar form: one float ulp in angles, lengths and margins:
/// the sums are the same, roots and quotients are the device's, correctly rounded by the specification, and its arc cosine may err by 4 double ulps.
/// </summary>
internal sealed unsafe class GeometryOpenCl : IDisposable
{
    private const string File = "geometry.cl";

    // Dot products kept on the device at a time.
    private const long ProductBytes = 64 << 20;

    private readonly OpenClSession _session;
    private readonly int _tile;
    private readonly ClKernel _products, _rows, _angles;
    private readonly ClBuffer _x, _w, _z, _bias, _norms, _pairs, _reference, _pairRow, _sign, _inverse, _angle, _length, _margin, _counts;

    /// <summary>Builds the kernels. A device without float64: Environment.</summary>
    public GeometryOpenCl(OpenClSession session)
    {
        session.RequireDoubles("geometry");
        _session = session;
        _tile = session.Tile;
        var options = FormattableString.Invariant($"-DTILE={_tile}");
        _products = session.Kernel(File, options, "geometry_products");
        _rows = session.Kernel(File, options, "geometry_rows");
        _angles = session.Kernel(File, options, "geometry_angles");
        (_x, _w, _z, _bias, _norms, _pairs, _reference) = (new(session), new(session), new(session), new(session), new(session), new(session), new(session));
        (_pairRow, _sign, _inverse, _angle, _length, _margin, _counts) = (new(session), new(session), new(session), new(session), new(session), new(session), new(session));
    }

    /// <summary>Runs the kernel. Returns 0 or an error code of the C header; a device fault is an Environment error.</summary>
    public int Run(GeometryArguments* a)
    {
        var code = GeometryManaged.Check(a);
        if (code != 0) return code;
        (a->ZeroFeatures, a->SkippedPairs, a->NegativeDistances, a->Form) = (0, 0, 0, GeometryForm.OpenClNumber);
        if (a->Rows == 0) return 0;
        _session.Run(() =>
        {
            long m = a->Features, c = a->Classes;
            _w.Write(a->WeightRows, c, m * sizeof(float), a->WeightStride * sizeof(float));
            _norms.Write(a->InverseNorms, 1, c * sizeof(double), 0);
            _pairs.Write(a->InversePairNorms, a->PairRows, c * sizeof(float), a->PairStride * sizeof(float));
            if (a->Bias != null) _bias.Write(a->Bias, 1, c * sizeof(float), 0);
            var most = Math.Max(1, ProductBytes / (c * sizeof(double)));
            for (long first = 0; first < a->Rows; first += most) RunRows(a, first, Math.Min(most, a->Rows - first));
        });
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in new[] { _x, _w, _z, _bias, _norms, _pairs, _reference, _pairRow, _sign, _inverse, _angle, _length, _margin, _counts }) buffer.Dispose();
        foreach (var kernel in new[] { _products, _rows, _angles }) kernel.Dispose();
    }

    private void RunRows(GeometryArguments* a, long first, long count)
    {
        long m = a->Features, c = a->Classes;
        _x.Write(a->FeatureRows + first * a->FeatureStride, count, m * sizeof(float), a->FeatureStride * sizeof(float));
        _reference.Write(a->Reference + first, 1, count * sizeof(int), 0);
        _pairRow.Write(a->PairRow + first, 1, count * sizeof(int), 0);
        if (a->Sign != null) _sign.Write(a->Sign + first, 1, count * sizeof(float), 0);
        _z.Hold(count * c * sizeof(double));
        _inverse.Hold(count * sizeof(double));
        _length.Hold(count * sizeof(float));
        _margin.Hold(count * sizeof(float));
        _angle.Hold(count * c * sizeof(float));
        _counts.Zero(3 * sizeof(uint));

        _products.Begin().With(count).With(m).With(c).With(_x).With(_w).With(_z).Run(c, count, _tile, _tile);
        _rows.Begin().With(count).With(m).With(c).With(_x).With(_z).With(a->Bias == null ? null : _bias).With(_pairs).With(_reference).With(_pairRow)
            .With(a->Sign == null ? null : _sign).With(_inverse).With(_length).With(_margin).With(_counts).Run(count, 1, _tile * _tile, 1);
        _angles.Begin().With(count).With(c).With(_z).With(_inverse).With(_norms).With(_angle).Run(c, count, _tile, _tile);

        var counts = stackalloc uint[3];
        _angle.Read(a->Angles + first * a->AngleStride, count, c * sizeof(float), a->AngleStride * sizeof(float));
        _length.Read(a->Length + first, 1, count * sizeof(float), 0);
        _margin.Read(a->Margin + first, 1, count * sizeof(float), 0);
        _counts.Read(counts, 1, 3 * sizeof(uint), 0);
        a->ZeroFeatures += counts[0];
        a->SkippedPairs += counts[1];
        a->NegativeDistances += counts[2];
    }
}
