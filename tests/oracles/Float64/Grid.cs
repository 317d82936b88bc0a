namespace OnnxAudit.Tests.Oracles;

/// <summary>Shapes, strides and where elements lie in C order.</summary>
internal static class Grid
{
    public static int Count(ReadOnlySpan<long> dims)
    {
        var count = 1L;
        foreach (var d in dims) count = checked(count * d);
        return checked((int)count);
    }

    /// <summary>Elements between neighbours along each axis.</summary>
    public static int[] Strides(ReadOnlySpan<long> dims)
    {
        var strides = new int[dims.Length];
        var stride = 1;
        for (var i = dims.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= (int)dims[i];
        }

        return strides;
    }

    /// <summary>start + Σ index·stride for every index of a grid, in C order.</summary>
    public static int[] Offsets(ReadOnlySpan<long> dims, ReadOnlySpan<int> strides, int start = 0)
    {
        var to = new int[Count(dims)];
        if (to.Length == 0) return to;
        to[0] = start;
        var done = 1;
        for (var axis = dims.Length - 1; axis >= 0; axis--)
        {
            for (var k = 1; k < dims[axis]; k++)
                for (var j = 0; j < done; j++) to[k * done + j] = to[j] + k * strides[axis];
            done *= (int)dims[axis];
        }

        return to;
    }

    /// <summary>Σ sources[axis][index]·stride for every index of a grid in C order; −1 where any axis has source −1.</summary>
    public static int[] Places(int[][] sources, ReadOnlySpan<int> strides)
    {
        var to = new int[Count([.. sources.Select(s => (long)s.Length)])];
        if (to.Length == 0) return to;
        var done = 1;
        for (var axis = sources.Length - 1; axis >= 0; axis--)
        {
            for (var k = sources[axis].Length - 1; k >= 0; k--)
                for (var j = 0; j < done; j++) to[k * done + j] = to[j] < 0 || sources[axis][k] < 0 ? -1 : to[j] + sources[axis][k] * strides[axis];
            done *= sources[axis].Length;
        }

        return to;
    }

    /// <summary>The shape several shapes broadcast to, aligned at the right; sizes must be equal or 1.</summary>
    public static long[] Broadcast(params ReadOnlySpan<long[]> shapes)
    {
        var rank = 0;
        foreach (var shape in shapes) rank = Math.Max(rank, shape.Length);
        var to = new long[rank];
        Array.Fill(to, 1);
        foreach (var shape in shapes)
            for (var i = 0; i < shape.Length; i++)
            {
                ref var size = ref to[rank - shape.Length + i];
                if (size != shape[i] && size != 1 && shape[i] != 1) throw new ArgumentException($"[{string.Join(',', shape)}] does not broadcast to {size} along axis {i}");
                if (shape[i] != 1) size = shape[i];
            }

        return to;
    }

    /// <summary>Where each element of the broadcast shape <paramref name="to"/> lies in a tensor of shape <paramref name="from"/>.</summary>
    public static int[] BroadcastOffsets(long[] from, long[] to)
    {
        var own = Strides(from);
        var strides = new int[to.Length];
        var lead = to.Length - from.Length;
        for (var i = 0; i < from.Length; i++) strides[lead + i] = from[i] == 1 ? 0 : own[i];
        return Offsets(to, strides);
    }

    /// <summary>The sizes before, at and after an axis: how a tensor looks as [before, at, after].</summary>
    public static (int Before, int At, int After) Around(long[] dims, int axis) =>
        (Count(dims.AsSpan(0, axis)), (int)dims[axis], Count(dims.AsSpan(axis + 1)));

    /// <summary>An axis counted from the front.</summary>
    public static int Axis(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);

    /// <summary>Picks the elements at these places.</summary>
    public static double[] Pick(double[] from, int[] at)
    {
        var to = new double[at.Length];
        for (var i = 0; i < at.Length; i++) to[i] = from[at[i]];
        return to;
    }
}
