using System.Runtime.Intrinsics;

namespace OnnxAudit.Kernels;

/// <summary>One row of squares of the managed form: its places, what they become, its products. Squares are rounded up to four, the missing ones hold anything.</summary>
internal unsafe struct WinogradRow
{
    private const int Panel = WinogradWeights.Panel, Lanes = 8, Together = 4;

    private readonly WinogradConvArguments* _a;
    private readonly int _edge, _reach;
    private readonly long _across, _squares, _width, _row;
    private readonly float* _data, _products;
    private long _sample, _top;

    public WinogradRow(WinogradConvArguments* a)
    {
        _a = a;
        _edge = (int)a->Edge;
        _reach = _edge + 2;
        _across = (a->OutputWidth + _edge - 1) / _edge;
        _squares = (_across + Together - 1) / Together * Together;
        _width = _across * _edge + 2;
        _row = (a->Channels + Panel - 1) / Panel * Panel;
        var panels = (a->Filters + Panel - 1) / Panel;
        _data = a->Workspace + _reach * _width * Panel;
        _products = _data + _reach * _reach * _squares * _row;
        Needed = _reach * _width * Panel + _reach * _reach * _squares * (_row + panels * Panel);
    }

    /// <summary>Floats of workspace.</summary>
    public long Needed { get; }

    /// <summary>Goes to a row of squares, counted through all samples.</summary>
    public void Begin(long row)
    {
        var down = (_a->OutputHeight + _edge - 1) / _edge;
        (_sample, _top) = (row / down, row % down * _edge);
    }

    /// <summary>Turns and transforms 16 channels from the given one on.</summary>
    public readonly void Transform(long channel)
    {
        Turn(channel);
        var block = stackalloc Vector256<float>[_reach * _reach];
        for (long square = 0; square < _across; square++)
        {
            for (var c = 0; c < Panel; c += Lanes)
            {
                for (var i = 0; i < _reach; i++)
                {
                    for (var j = 0; j < _reach; j++) block[i * _reach + j] = Vector256.Load(_a->Workspace + (i * _width + square * _edge + j) * Panel + c);
                }

                for (var j = 0; j < _reach; j++) WinogradConvManaged.Data(block + j, _reach, _reach);
                for (var i = 0; i < _reach; i++) WinogradConvManaged.Data(block + i * _reach, 1, _reach);
                for (var position = 0; position < _reach * _reach; position++) block[position].Store(_data + (position * _squares + square) * _row + channel + c);
            }
        }
    }

    /// <summary>The products of all squares with all weights.</summary>
    public readonly void Multiply()
    {
        var weights = _a->Weights;
        var products = _products;
        for (var position = 0; position < _reach * _reach; position++)
        {
            for (long k = 0; k < _a->Filters; k += Panel, weights += _a->Channels * Panel)
            {
                for (long square = 0; square < _squares; square += Together, products += Together * Panel)
                {
                    for (var lane = 0; lane < Panel; lane += Lanes)
                        WinogradConvManaged.Products(_data + (position * _squares + square) * _row, _row, weights + lane, _a->Channels, products + lane);
                }
            }
        }
    }

    /// <summary>Outputs of 16 filters from the given one on.</summary>
    public readonly void Write(long filter)
    {
        var step = (_a->Filters + Panel - 1) / Panel * _squares * Panel;
        var block = stackalloc Vector256<float>[_reach * _reach];
        for (long square = 0; square < _across; square++)
        {
            for (var lane = 0; lane < Panel; lane += Lanes)
            {
                var from = _products + filter * _squares + square * Panel + lane;
                for (var position = 0; position < _reach * _reach; position++) block[position] = Vector256.Load(from + position * step);
                for (var j = 0; j < _reach; j++) WinogradConvManaged.Outputs(block + j, _reach, _reach);
                for (var i = 0; i < _edge; i++) WinogradConvManaged.Outputs(block + i * _reach, 1, _reach);
                for (var k = 0; k < Lanes && filter + lane + k < _a->Filters; k++) Store((float*)block + k, filter + lane + k, square * _edge);
            }
        }
    }

    private readonly void Store(float* values, long filter, long left)
    {
        for (var i = 0; i < _edge && _top + i < _a->OutputHeight; i++)
        {
            for (var j = 0; j < _edge && left + j < _a->OutputWidth; j++)
            {
                var at = _sample * _a->OutputStride + (filter * _a->OutputHeight + _top + i) * _a->OutputWidth + left + j;
                var value = values[(i * _reach + j) * Lanes] + (_a->Addend is null ? 0 : _a->Addend[at]);
                _a->Y[at] = _a->Gate is not null && !(_a->Gate[at] > 0) ? 0 : value;
            }
        }
    }

    // The places that the squares meet, [reach][width][16], zeros where there is no X.
    private readonly void Turn(long channel)
    {
        new Span<float>(_a->Workspace, checked((int)(_reach * _width * Panel))).Clear();
        var (height, width) = (_a->InputHeight, _a->InputWidth);
        for (var i = 0; i < _reach; i++)
        {
            var row = _top + i - _a->PadTop;
            if (row < 0 || row >= height) continue;
            for (var c = 0; c < Panel && channel + c < _a->Channels; c++)
            {
                var from = _a->X + _sample * _a->InputStride + ((channel + c) * height + row) * width;
                var to = _a->Workspace + (i * _width + _a->PadLeft) * Panel + c;
                for (long j = 0; j < width && j < _width - _a->PadLeft; j++) to[j * Panel] = from[j];
            }
        }
    }
}
