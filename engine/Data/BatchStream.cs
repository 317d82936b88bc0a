using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace OnnxAudit.Data;

/// <summary>
/// The batches of a dataset in order, made ahead of their use by a thread of their own. Memory is bounded: ahead + 1 buffers,
/// used again and again. Order and values do not depend on threads or batch size. One enumeration at a time.
/// </summary>
public sealed class BatchStream : IEnumerable<Batch>, IDisposable
{
    private readonly ImageDataset _dataset;
    private readonly PixelNormalisation? _normalisation;
    private readonly PixelTransform? _transform;
    private readonly int _batch;
    private readonly int _threads;
    private readonly Batch[] _buffers;
    private readonly CancellationToken _cancel;
    private Enumerator? _running;

    private BatchStream(ImageDataset dataset, Preprocessing? preprocessing, int batch, int ahead, PixelTransform? transform, int threads, CancellationToken cancel)
    {
        var shape = dataset.Shape;
        var pixels = dataset.Encoding == SampleEncoding.Pixels;
        (_dataset, _batch, _transform, _threads, _cancel) = (dataset, Math.Clamp(batch, 1, Math.Max(1, dataset.Count)), transform, threads, cancel);
        if ((long)_batch * shape.Count > Array.MaxLength)
            throw new AuditException(AuditCode.Usage, dataset.Spec, FormattableString.Invariant($"a batch of {batch}"),
                FormattableString.Invariant($"at most {Array.MaxLength / shape.Count} samples of {shape.Count} values"), "Choose a smaller batch.");
        if (pixels)
        {
            ArgumentNullException.ThrowIfNull(preprocessing);
            _normalisation = new PixelNormalisation(preprocessing, shape.Channels, dataset.Spec);
        }

        ReadOnlySpan<long> dims = pixels && preprocessing!.Layout == "NHWC"
            ? [shape.Height, shape.Width, shape.Channels] : [shape.Channels, shape.Height, shape.Width];
        _buffers = new Batch[ahead + 1];
        for (var i = 0; i < _buffers.Length; i++) _buffers[i] = new Batch(_batch, shape.Count, dims);
    }

    /// <summary>Batches of one run over the dataset; the last may be smaller.</summary>
    public int Batches => (_dataset.Count + _batch - 1) / _batch;

    /// <summary>
    /// The stream over <paramref name="dataset"/>: at most <paramref name="batch"/> samples at a time, at most
    /// <paramref name="ahead"/> batches ahead. Pixels need <paramref name="preprocessing"/>; floats take none and may pass null.
    /// <paramref name="transform"/> sees each sample's pixels before normalisation; <paramref name="threads"/> share the samples of a batch.
    /// </summary>
    /// <exception cref="AuditException">Invalid: the settings do not fit the dataset's channels. Usage: a batch too large for memory's arrays.</exception>
    /// <exception cref="ArgumentException">A number below 1, or a pixel transform over floats.</exception>
    public static BatchStream Over(ImageDataset dataset, Preprocessing? preprocessing, int batch, int ahead = 2,
        CancellationToken cancel = default, PixelTransform? transform = null, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ahead, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (transform is not null && dataset.Encoding == SampleEncoding.Floats)
            throw new ArgumentException($"{dataset.Spec} holds floats; a pixel transform needs pixels", nameof(transform));
        return new BatchStream(dataset, preprocessing, batch, ahead, transform, threads, cancel);
    }

    /// <summary>Starts producing. Errors of the producer are thrown by MoveNext, at the place in the order where they happened.</summary>
    /// <exception cref="InvalidOperationException">An enumeration is still running.</exception>
    public IEnumerator<Batch> GetEnumerator()
    {
        if (_running is not null) throw new InvalidOperationException("this stream is being enumerated; its buffers serve one enumeration at a time");
        return _running = new Enumerator(this);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Stops the producer and waits until it has let go of the dataset.</summary>
    public void Dispose() => _running?.Dispose();

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

    private sealed class Enumerator : IEnumerator<Batch>
    {
        private readonly BatchStream _stream;
        private readonly BlockingCollection<Batch> _free;
        private readonly BlockingCollection<Batch> _ready;
        private readonly CancellationTokenSource _stop;
        private readonly Thread _producer;
        private ExceptionDispatchInfo? _fault;
        private Batch? _current;
        private bool _disposed;

        public Enumerator(BatchStream stream)
        {
            _stream = stream;
            _free = new BlockingCollection<Batch>(stream._buffers.Length);
            _ready = new BlockingCollection<Batch>(stream._buffers.Length);
            foreach (var buffer in stream._buffers) _free.Add(buffer);
            _stop = CancellationTokenSource.CreateLinkedTokenSource(stream._cancel);
            _producer = new Thread(Produce) { IsBackground = true, Name = "batches" };
            _producer.Start();
        }

        public Batch Current => _current ?? throw new InvalidOperationException("no batch: call MoveNext first");

        object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is not null) _free.Add(_current);
            _current = null;
            _stream._cancel.ThrowIfCancellationRequested();
            if (_ready.TryTake(out _current, Timeout.Infinite)) return true;
            _fault?.Throw();
            return false;
        }

        public void Reset() => throw new NotSupportedException();

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            _stop.Cancel();
            _producer.Join();
            _stop.Dispose();
            _free.Dispose();
            _ready.Dispose();
            _stream._running = null;
        }

        private void Produce()
        {
            try
            {
                for (var first = 0; first < _stream._dataset.Count; first += _stream._batch)
                {
                    var buffer = _free.Take(_stop.Token);
                    buffer.Take(first, Math.Min(_stream._batch, _stream._dataset.Count - first));
                    _stream.Fill(buffer, _stop.Token);
                    _ready.Add(buffer, _stop.Token);
                }
            }
            catch (Exception e) // handed to the consumer, whatever it is
            {
                _fault = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                _ready.CompleteAdding();
            }
        }
    }
}
