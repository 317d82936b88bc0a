// The OpenCL form of the filter saliency kernel (filter_saliency.md). TILE comes from the host.
#pragma OPENCL FP_CONTRACT OFF

typedef struct {
    int depth, height, width;
} extent;

// Laid out as the host's: sizes of one group, and how outputs meet inputs.
typedef struct {
    int channels, filters, groups, first, last, mode;
    extent input, output, kernel_size, stride, dilation, pad;
} layer;

inline int volume(extent e) {
    return e.depth * e.height * e.width;
}

inline extent place(int at, extent e) {
    const extent p = {at / (e.height * e.width), at / e.width % e.height, at % e.width};
    return p;
}

// One tile of M = dY (filters x outputs) times the columns of X (outputs x weights), for one sample and group: columns are gathered as they are
// needed, M never leaves the group; what leaves is its sum (of absolute values for mode 0) over the tile's weights.
__kernel __attribute__((reqd_work_group_size(TILE, TILE, 1))) void filter_saliency_tiles(
    const layer l, const long x_stride, const int weight_tiles, const int filter_tiles, __global const float* restrict x,
    __global const float* restrict gradient, __global float* restrict partial) {
    __local float columns[TILE][TILE + 1], rows[TILE][TILE + 1];
    const int lx = (int)get_local_id(0), ly = (int)get_local_id(1);
    const int tile = (int)get_group_id(0);
    const int filter = (int)(get_group_id(1) % filter_tiles) * TILE + ly;
    const long group = (long)(get_group_id(1) / filter_tiles) % l.groups;
    const long sample = (long)(get_group_id(1) / filter_tiles) / l.groups;
    const int weights = l.channels * volume(l.kernel_size), outputs = volume(l.output);
    const long number = group * l.filters + filter;

    // The weight this work-item gathers for.
    const int mine = tile * TILE + ly, taps = volume(l.kernel_size);
    const extent tap = place(mine % taps, l.kernel_size);
    __global const float* channel =
        x + sample * x_stride + (group * l.channels + mine / taps) * (long)volume(l.input);
    const int d0 = tap.depth * l.dilation.depth - l.pad.depth, h0 = tap.height * l.dilation.height - l.pad.height,
              w0 = tap.width * l.dilation.width - l.pad.width;

    float total = 0, box = 0;
    int boxed = 0;
    for (int p0 = 0; p0 < outputs; p0 += TILE) {
        const int p = p0 + lx;
        float value = 0;
        if (p < outputs && mine < weights) {
            const extent o = place(p, l.output);
            const int d = o.depth * l.stride.depth + d0, h = o.height * l.stride.height + h0,
                      w = o.width * l.stride.width + w0;
            if (d >= 0 && d < l.input.depth && h >= 0 && h < l.input.height && w >= 0 && w < l.input.width)
                value = channel[(d * l.input.height + h) * l.input.width + w];
        }
        columns[ly][lx] = value;
        rows[ly][lx] = p < outputs && filter < l.filters
                           ? gradient[(sample * l.groups * l.filters + number) * (long)outputs + p]
                           : 0.0f;
        barrier(CLK_LOCAL_MEM_FENCE);
        float sum = 0;
        for (int t = 0; t < TILE; t++)
            sum = fma(rows[ly][t], columns[lx][t], sum);
        barrier(CLK_LOCAL_MEM_FENCE);
        // Sums of sums: rounding errors stay those of short sums.
        box += sum;
        if (++boxed == 16) {
            total += box;
            box = 0;
            boxed = 0;
        }
    }
    total += box;

    columns[ly][lx] = tile * TILE + lx < weights ? (l.mode == 0 ? fabs(total) : total) : 0.0f;
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lx == 0 && number >= l.first && number < l.last && filter < l.filters) {
        float sum = 0;
        for (int t = 0; t < TILE; t++)
            sum += columns[ly][t];
        partial[(sample * (l.last - l.first) + number - l.first) * weight_tiles + tile] = sum;
    }
}

// A filter's sum over its tiles, with what each addition lost added to the next; then the mean.
__kernel void filter_saliency_means(const layer l, const long samples, const int weight_tiles,
                                    __global const float* restrict partial, __global const float* restrict scale,
                                    __global float* restrict result) {
    const long at = (long)get_global_id(0), filters = l.last - l.first;
    if (at >= samples * filters)
        return;
    float sum = 0, lost = 0;
    for (int t = 0; t < weight_tiles; t++) {
        const float next = partial[at * weight_tiles + t] - lost, grown = sum + next;
        lost = (grown - sum) - next;
        sum = grown;
    }
    const float mean = sum / (float)(l.channels * volume(l.kernel_size)) * (scale ? scale[l.first + at % filters] : 1.0f);
    result[at] = l.mode == 2 ? mean : fabs(mean);
}
