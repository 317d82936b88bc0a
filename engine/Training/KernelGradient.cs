using System.Runtime.Intrinsics;

namespace OnnxAudit.Training;

/// <summary>A 2-D convolution without groups: X [N,C,H,W], dY [N,K,P,Q], dW [K,C,R,S].</summary>
/// <param name="Channels">C.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="Filters">K.</param>
/// <param name="KernelHeight">R.</param>
/// <param name="KernelWidth">S.</param>
/// <param name="Strides">Of rows and columns.</param>
/// <param name="Dilations">Of rows and columns.</param>
/// <param name="Top">Zero rows before the first.</param>
/// <param name="Left">Zero columns before the first.</param>
internal sealed record KernelShape(
    int Channels, int Height, int Width, int Filters, int KernelHeight, int KernelWidth, (int Y, int X) Strides, (int Y, int X) Dilations, int Top, int Left);

/// <summary>
/// The gradient of a convolution's kernel summed over a batch: dW[k,c,r,s] = Σ_n Σ_pq dY[n,k,p,q]·X[n,c,p·stride + r·dilation − top, …]. Sixteen filters stand
/// side by side in vector registers, and one place of X meets all of them: it is broadcast straight from the padded input, so no column matrix is made.
/// float32 sums: over a box of outputs in registers, over boxes and samples in memory.
/// </summary>
internal sealed unsafe class KernelGradient
{
    private const int Panel = 16;
    private const int Tile = 6;
    private const int BoxOutputs = 256;

    private readonly KernelShape _shape;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _paddedRows;
    private readonly int _paddedColumns;
    private readonly int _weights;
    private readonly int _tiledWeights;
    private readonly int _panels;
    private readonly int _boxRows;
    private readonly int[] _offsets;

    /// <summary>For outputs of P rows and Q columns.</summary>
    public KernelGradient(KernelShape shape, int rows, int columns)
    {
        (_shape, _rows, _columns) = (shape, rows, columns);
        _paddedRows = Math.Max((rows - 1) * shape.Strides.Y + (shape.KernelHeight - 1) * shape.Dilations.Y + 1, shape.Top + shape.Height);
        _paddedColumns = Math.Max((columns - 1) * shape.Strides.X + (shape.KernelWidth - 1) * shape.Dilations.X + 1, shape.Left + shape.Width);
        _weights = shape.Channels * shape.KernelHeight * shape.KernelWidth;
        _tiledWeights = (_weights + Tile - 1) / Tile * Tile;
        _panels = (shape.Filters + Panel - 1) / Panel;
        _boxRows = Math.Clamp(BoxOutputs / columns, 1, rows);
        _offsets = new int[_tiledWeights]; // those behind the last weight add to sums that nobody reads
        var at = 0;
        for (var c = 0; c < shape.Channels; c++)
            for (var r = 0; r < shape.KernelHeight; r++)
                for (var s = 0; s < shape.KernelWidth; s++)
                    _offsets[at++] = (c * _paddedRows + r * shape.Dilations.Y) * _paddedColumns + s * shape.Dilations.X;
    }

    /// <summary>Elements of dW.</summary>
    public int Length => _shape.Filters * _weights;

    /// <summary>Floats of the sums of one part of the batch, zero at the start.</summary>
    public int SumLength => _panels * _tiledWeights * Panel;

    /// <summary>Floats of working memory of one part of the batch, anything at the start.</summary>
    public int WorkLength => _shape.Channels * _paddedRows * _paddedColumns + _boxRows * _columns * Panel;

    /// <summary>Adds samples to sums.</summary>
    /// <param name="x">Their X, one sample after the other.</param>
    /// <param name="dy">Their dY.</param>
    /// <param name="samples">How many.</param>
    /// <param name="sums">In and out: <see cref="SumLength"/>.</param>
    /// <param name="work">Memory: <see cref="WorkLength"/>.</param>
    public void Add(float* x, float* dy, int samples, float* sums, float* work)
    {
        var padded = work;
        var panel = work + (long)_shape.Channels * _paddedRows * _paddedColumns;
        new Span<float>(padded, _shape.Channels * _paddedRows * _paddedColumns).Clear();
        fixed (int* offsets = _offsets)
            for (var n = 0; n < samples; n++)
            {
                CopyInput(x + (long)n * _shape.Channels * _shape.Height * _shape.Width, padded);
                var gradient = dy + (long)n * _shape.Filters * _rows * _columns;
                for (var row = 0; row < _rows; row += _boxRows)
                {
                    var rows = Math.Min(_boxRows, _rows - row);
                    for (var p = 0; p < _panels; p++)
                    {
                        Pack(gradient + row * _columns, p * Panel, rows * _columns, panel);
                        var from = padded + (long)row * _shape.Strides.Y * _paddedColumns;
                        var to = sums + (long)p * _tiledWeights * Panel;
                        for (var w = 0; w < _tiledWeights; w += Tile) Products(from, offsets + w, panel, rows, to + (long)w * Panel);
                    }
                }
            }
    }

    /// <summary>Adds up the sums of all parts, in their order, into dW.</summary>
    public void Finish(ReadOnlySpan<float> sums, int parts, Span<float> dw)
    {
        for (var k = 0; k < _shape.Filters; k++)
            for (var w = 0; w < _weights; w++)
            {
                var at = (k / Panel * _tiledWeights + w) * Panel + k % Panel;
                var sum = 0f;
                for (var part = 0; part < parts; part++) sum += sums[part * SumLength + at];
                dw[k * _weights + w] = sum;
            }
    }

    // The border was cleared once; every sample overwrites the inside.
    private void CopyInput(float* x, float* padded)
    {
        for (var c = 0; c < _shape.Channels; c++)
            for (var h = 0; h < _shape.Height; h++)
                new ReadOnlySpan<float>(x + ((long)c * _shape.Height + h) * _shape.Width, _shape.Width)
                    .CopyTo(new Span<float>(padded + ((long)c * _paddedRows + h + _shape.Top) * _paddedColumns + _shape.Left, _shape.Width));
    }

    // Outputs of sixteen filters as [outputs, 16], zero where there is no filter.
    private void Pack(float* gradient, int first, int outputs, float* panel)
    {
        var filters = Math.Min(Panel, _shape.Filters - first);
        if (filters < Panel) new Span<float>(panel, outputs * Panel).Clear();
        long plane = (long)_rows * _columns;
        gradient += first * plane;
        var i = 0;
        for (; i <= outputs - 4; i += 4)
            for (var k = 0; k < filters; k++)
            {
                float* from = gradient + k * plane + i, to = panel + (long)i * Panel + k;
                to[0] = from[0];
                to[Panel] = from[1];
                to[2 * Panel] = from[2];
                to[3 * Panel] = from[3];
            }

        for (; i < outputs; i++)
            for (var k = 0; k < filters; k++) panel[(long)i * Panel + k] = gradient[k * plane + i];
    }

    // Six weights by sixteen filters: twelve sums and two gradients, which leaves a register of sixteen for the place of X.
    private void Products(float* x, int* offsets, float* panel, int rows, float* sums)
    {
        float* x0 = x + offsets[0], x1 = x + offsets[1], x2 = x + offsets[2], x3 = x + offsets[3], x4 = x + offsets[4], x5 = x + offsets[5];
        Vector256<float> a0 = Vector256.Load(sums), b0 = Vector256.Load(sums + 8), a1 = Vector256.Load(sums + 16), b1 = Vector256.Load(sums + 24),
            a2 = Vector256.Load(sums + 32), b2 = Vector256.Load(sums + 40), a3 = Vector256.Load(sums + 48), b3 = Vector256.Load(sums + 56),
            a4 = Vector256.Load(sums + 64), b4 = Vector256.Load(sums + 72), a5 = Vector256.Load(sums + 80), b5 = Vector256.Load(sums + 88);
        var (step, line) = (_shape.Strides.X, (long)_shape.Strides.Y * _paddedColumns);
        for (var row = 0; row < rows; row++)
        {
            var at = row * line;
            for (var column = 0; column < _columns; column++, at += step, panel += Panel)
            {
                Vector256<float> g = Vector256.Load(panel), h = Vector256.Load(panel + 8);
                var v = Vector256.Create(x0[at]);
                a0 = Vector256.MultiplyAddEstimate(v, g, a0);
                b0 = Vector256.MultiplyAddEstimate(v, h, b0);
                v = Vector256.Create(x1[at]);
                a1 = Vector256.MultiplyAddEstimate(v, g, a1);
                b1 = Vector256.MultiplyAddEstimate(v, h, b1);
                v = Vector256.Create(x2[at]);
                a2 = Vector256.MultiplyAddEstimate(v, g, a2);
                b2 = Vector256.MultiplyAddEstimate(v, h, b2);
                v = Vector256.Create(x3[at]);
                a3 = Vector256.MultiplyAddEstimate(v, g, a3);
                b3 = Vector256.MultiplyAddEstimate(v, h, b3);
                v = Vector256.Create(x4[at]);
                a4 = Vector256.MultiplyAddEstimate(v, g, a4);
                b4 = Vector256.MultiplyAddEstimate(v, h, b4);
                v = Vector256.Create(x5[at]);
                a5 = Vector256.MultiplyAddEstimate(v, g, a5);
                b5 = Vector256.MultiplyAddEstimate(v, h, b5);
            }
        }

        a0.Store(sums);
        b0.Store(sums + 8);
        a1.Store(sums + 16);
        b1.Store(sums + 24);
        a2.Store(sums + 32);
        b2.Store(sums + 40);
        a3.Store(sums + 48);
        b3.Store(sums + 56);
        a4.Store(sums + 64);
        b4.Store(sums + 72);
        a5.Store(sums + 80);
        b5.Store(sums + 88);
    }
}
