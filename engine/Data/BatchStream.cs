using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace OnnxAudit.Data;

/// <summary>
/// The batches of a dataset in order, made ahead of their use by a thread of their own; given a clock, made when asked for while that costs
/// next to nothing beside their use, because a second thread would only disturb the user's. Memory is bounded: at most ahead + 1
/// buffers, used again and again. Order and values do not depend on any of this. One enumeration at a time.
/// </summary>
public sealed class BatchStream : IEnumerable<Batch>, IDisposable
{
    private readonly ImageDataset _dataset;
    private readonly PixelNormalisation? _normalisation;
    private readonly PixelTransform? _transform;
    private readonly int _batch;
    private readonly int _threads;
    private readonly long[] _dims;
    private readonly int _ahead;
    private readonly List<Batch> _buffers = [];
    private readonly TimeProvider? _clock;
    private readonly CancellationToken _cancel;
    private BatchEnumerator? _running;

    private BatchStream(ImageDataset dataset, Preprocessing? preprocessing, int batch, int ahead, PixelTransform? transform, int threads, TimeProvider? clock, CancellationToken cancel)
    {
        var shape = dataset.Shape;
        var pixels = dataset.Encoding == SampleEncoding.Pixels;
        (_dataset, _batch, _ahead, _transform, _threads, _clock, _cancel) = (dataset, Math.Clamp(batch, 1, Math.Max(1, dataset.Count)), ahead, transform, threads, clock, cancel);
        if ((long)_batch * shape.Count > Array.MaxLength)
            throw new AuditException(AuditCode.Usage, dataset.Spec, FormattableString.Invariant($"a batch of {batch}"),
                FormattableString.Invariant($"at most {Array.MaxLength / shape.Count} samples of {shape.Count} values"), "Choose a smaller batch.");
        if (pixels)
        {
            ArgumentNullException.ThrowIfNull(preprocessing);
            _normalisation = new PixelNormalisation(preprocessing, shape.Channels, dataset.Spec);
        }

        _dims = pixels && preprocessing!.Layout == "NHWC"
            ? [shape.Height, shape.Width, shape.Channels] : [shape.Channels, shape.Height, shape.Width];
    }

    /// <summary>Batches of one run over the dataset; the last may be smaller.</summary>
    public int Batches => (_dataset.Count + _batch - 1) / _batch;

    /// <summary>
    /// The stream over <paramref name="dataset"/>: at most <paramref name="batch"/> samples at a time, at most
    /// <paramref name="ahead"/> batches ahead. Pixels need <paramref name="preprocessing"/>; floats take none and may pass null.
    /// With a <paramref name="clock"/> the stream decides by the time it takes whether a thread makes batches ahead; without one a thread always does.
    /// <paramref name="transform"/> sees each sample's pixels before normalisation; <paramref name="threads"/> share the samples of a batch.
    /// </summary>
    /// <exception cref="AuditException">Invalid: the settings do not fit the dataset's channels. Usage: a batch too large for memory's arrays.</exception>
    /// <exception cref="ArgumentException">A number below 1, or a pixel transform over floats.</exception>
    public static BatchStream Over(ImageDataset dataset, Preprocessing? preprocessing, int batch, int ahead = 2,
        CancellationToken cancel = default, PixelTransform? transform = null, int threads = 1, TimeProvider? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ahead, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (transform is not null && dataset.Encoding == SampleEncoding.Floats)
            throw new ArgumentException($"{dataset.Spec} holds floats; a pixel transform needs pixels", nameof(transform));
        return new BatchStream(dataset, preprocessing, batch, ahead, transform, threads, clock, cancel);
    }

    /// <summary>Starts at the first batch. Errors of reading are thrown by MoveNext, at the place in the order where they happened.</summary>
    /// <exception cref="InvalidOperationException">An enumeration is still running.</exception>
    public IEnumerator<Batch> GetEnumerator()
    {
        if (_running is not null) throw new InvalidOperationException("this stream is being enumerated; its buffers serve one enumeration at a time");
        return _running = new BatchEnumerator(this, _ahead, _clock, _cancel);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Stops producing and waits until the dataset is let go.</summary>
    public void Dispose() => _running?.Dispose();

    internal Batch Buffer(int i)
    {
        while (_buffers.Count <= i) _buffers.Add(new Batch(_batch, _dataset.Shape.Count, _dims));
        return _buffers[i];
    }

    internal void Ended() => _running = null;

    /// <summary>Fills the buffer with batch number <paramref name="number"/>.</summary>
    internal void Fill(Batch buffer, int number, CancellationToken cancel)
    {
        var first = number * _batch;
        buffer.Take(first, Math.Min(_batch, _dataset.Count - first));
        Fill(buffer, cancel);
    }

    private void Fill(Batch buffer, CancellationToken cancel)
    {
        if (_threads == 1 || buffer.Count == 1)
        {
            var pixels = _normalisation is null ? [] : new byte[_dataset.Shape.Count];
            for (var i = 0; i < buffer.Count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                FillSample(buffer, i, pixels);
            }

            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancel };
        try
        {
            Parallel.For(0, buffer.Count, options, () => new byte[_dataset.Shape.Count], (i, _, pixels) =>
            {
                FillSample(buffer, i, pixels);
                return pixels;
            }, static _ => { });
        }
        catch (AggregateException e)
        {
            // Which sample fails first depends on the threads: name the first error of the first failing sample by reading in order.
            for (var i = 0; i < buffer.Count; i++) FillSample(buffer, i, new byte[_dataset.Shape.Count]);
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private void FillSample(Batch buffer, int i, byte[] pixels)
    {
        var index = buffer.First + i;
        if (_normalisation is null)
        {
            _dataset.ReadFloats(index, buffer.Sample(i));
            return;
        }

        _dataset.ReadPixels(index, pixels);
        _transform?.Invoke(_dataset.SourceIndices.Span[index], pixels);
        _normalisation.Apply(pixels, buffer.Sample(i));
    }
}
