using System.Runtime.InteropServices;
using OnnxAudit.Kernels.OpenCl;

namespace OnnxAudit.Kernels;

/// <summary>
/// The OpenCL form of the filter saliency kernel (filter_saliency.md), on one device. float32 throughout: within 2·10⁻⁶ of the mean over a filter's
/// weights of Σ|dY·X|, as the vector forms are.
/// </summary>
internal sealed unsafe class FilterSaliencyOpenCl : IDisposable
{
    private const string File = "filter_saliency.cl";

    // On the device at a time, of each array.
    private const long ArrayBytes = 64 << 20;

    private readonly OpenClSession _session;
    private readonly int _tile;
    private readonly ClKernel _tiles, _means;
    private readonly ClBuffer _x, _gradient, _partial, _scale, _result;

    /// <summary>Builds the kernels.</summary>
    public FilterSaliencyOpenCl(OpenClSession session)
    {
        (_session, _tile) = (session, session.Tile);
        var options = FormattableString.Invariant($"-DTILE={_tile}");
        _tiles = session.Kernel(File, options, "filter_saliency_tiles");
        _means = session.Kernel(File, options, "filter_saliency_means");
        (_x, _gradient, _partial, _scale, _result) = (new(session), new(session), new(session), new(session), new(session));
    }

    /// <summary>Runs the kernel. Returns 0 or an error code of the C header; a device fault is an Environment error.</summary>
    public int Run(FilterSaliencyArguments* a)
    {
        var code = FilterSaliencyManaged.Check(a);
        if (code != 0) return code;
        a->Form = FilterSaliencyForm.OpenClNumber;
        var filters = a->LastFilter - a->FirstFilter;
        if (a->Samples == 0 || filters == 0) return 0;
        var layer = new Layer(a);
        var weightTiles = (a->Channels / a->Groups * a->Kernel.Volume + _tile - 1) / _tile;
        var sampleBytes = sizeof(float) * Math.Max(Math.Max(a->Channels * a->Input.Volume, a->Filters * a->Output.Volume), filters * weightTiles);
        var most = Math.Max(1, ArrayBytes / sampleBytes);
        _session.Run(() =>
        {
            if (a->Scale != null) _scale.Write(a->Scale, 1, a->Filters * sizeof(float), 0);
            for (long n = 0; n < a->Samples; n += most) RunSamples(a, layer, (int)weightTiles, n, Math.Min(most, a->Samples - n));
        });
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in new[] { _x, _gradient, _partial, _scale, _result }) buffer.Dispose();
        _tiles.Dispose();
        _means.Dispose();
    }

    private void RunSamples(FilterSaliencyArguments* a, Layer layer, int weightTiles, long first, long count)
    {
        var filters = a->LastFilter - a->FirstFilter;
        var (inputs, outputs) = (a->Channels * a->Input.Volume, a->Filters * a->Output.Volume);
        var filterTiles = (int)((a->Filters / a->Groups + _tile - 1) / _tile);
        _x.Write(a->X + first * a->InputStride, count, inputs * sizeof(float), a->InputStride * sizeof(float));
        _gradient.Write(a->Gradient + first * a->GradientStride, count, outputs * sizeof(float), a->GradientStride * sizeof(float));
        _partial.Hold(count * filters * weightTiles * sizeof(float));
        _result.Hold(count * filters * sizeof(float));
        _tiles.Begin().With(layer).With(inputs).With(weightTiles).With(filterTiles).With(_x).With(_gradient).With(_partial)
            .Run((long)weightTiles * _tile, count * a->Groups * filterTiles * _tile, _tile, _tile);
        _means.Begin().With(layer).With(count).With(weightTiles).With(_partial).With(a->Scale == null ? null : _scale).With(_result).Run(count * filters, 1, _tile, 1);
        _result.Read(a->Result + first * a->ResultStride + a->FirstFilter, count, filters * sizeof(float), a->ResultStride * sizeof(float));
    }

    // filter_saliency.cl's struct layer. The kernel's sizes fit 32 bits: its check asks that.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Layer
    {
        private readonly int _channels, _filters, _groups, _first, _last, _mode;
        private readonly Size _input, _output, _kernel, _stride, _dilation, _pad;

        public Layer(FilterSaliencyArguments* a)
        {
            (_channels, _filters, _groups) = ((int)(a->Channels / a->Groups), (int)(a->Filters / a->Groups), (int)a->Groups);
            (_first, _last, _mode) = ((int)a->FirstFilter, (int)a->LastFilter, (int)a->Mode);
            (_input, _output, _kernel) = (new(a->Input), new(a->Output), new(a->Kernel));
            (_stride, _dilation, _pad) = (new(a->Stride), new(a->Dilation), new(a->Pad));
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Size(Extent e)
    {
        private readonly int _depth = (int)e.Depth, _height = (int)e.Height, _width = (int)e.Width;
    }
}
