using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace OnnxAudit.Data;

/// <summary>
/// One enumeration of a <see cref="BatchStream"/>. Given a clock, it starts by making each batch when asked for; once that has taken more than a
/// twentieth of the user's own time, the first batch aside, a thread takes over and makes the rest ahead of their use. (Beside two busy threads of ONNX Runtime
/// on two cores a producer costs some 4 % of the passes; a batch of mapped 32×32 pixels made in turn costs 1 %.)
/// </summary>
internal sealed class BatchEnumerator : IEnumerator<Batch>
{
    private const int WorthAThread = 20;

    private readonly BatchStream _stream;
    private readonly int _ahead;
    private readonly TimeProvider? _clock;
    private readonly CancellationTokenSource _stop;
    private BlockingCollection<Batch>? _free;
    private BlockingCollection<Batch>? _ready;
    private Thread? _producer;
    private ExceptionDispatchInfo? _fault;
    private Batch? _current;
    private int _next;
    private long _handedOut;
    private long _making;
    private long _using;
    private bool _disposed;

    internal BatchEnumerator(BatchStream stream, int ahead, TimeProvider? clock, CancellationToken cancel)
    {
        (_stream, _ahead, _clock) = (stream, ahead, clock);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
    }

    public Batch Current => _current ?? throw new InvalidOperationException("no batch: call MoveNext first");

    object IEnumerator.Current => Current;

    public bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _stop.Token.ThrowIfCancellationRequested();
        if (_producer is null && (_clock is null || (_current is not null && Costly(_clock)))) StartProducer();
        return _producer is null ? MakeNext() : TakeNext();
    }

    public void Reset() => throw new NotSupportedException();

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _stop.Cancel();
        _producer?.Join();
        _stop.Dispose();
        _free?.Dispose();
        _ready?.Dispose();
        _stream.Ended();
    }

    private bool Costly(TimeProvider clock)
    {
        if (_next == 1) return false; // cold files, code and sessions tell nothing of the batches to come
        _using += clock.GetTimestamp() - _handedOut;
        return _making * WorthAThread > _using;
    }

    private bool MakeNext()
    {
        _current = null;
        if (_next == _stream.Batches) return false;
        var start = _clock!.GetTimestamp();
        var buffer = _stream.Buffer(0);
        _stream.Fill(buffer, _next++, _stop.Token);
        _handedOut = _clock.GetTimestamp();
        if (_next > 1) _making += _handedOut - start;
        _current = buffer;
        return true;
    }

    private bool TakeNext()
    {
        if (_current is not null) _free!.Add(_current);
        _current = null;
        if (_ready!.TryTake(out _current, Timeout.Infinite)) return true;
        _fault?.Throw();
        return false;
    }

    private void StartProducer()
    {
        // A buffer in the user's hands comes back by TakeNext; the others are free.
        _free = new BlockingCollection<Batch>(_ahead + 1);
        _ready = new BlockingCollection<Batch>(_ahead + 1);
        for (var i = _current is null ? 0 : 1; i <= _ahead; i++) _free.Add(_stream.Buffer(i));
        _producer = new Thread(Produce) { IsBackground = true, Name = "batches" };
        _producer.Start();
    }

    private void Produce()
    {
        try
        {
            while (_next < _stream.Batches)
            {
                var buffer = _free!.Take(_stop.Token);
                _stream.Fill(buffer, _next++, _stop.Token);
                _ready!.Add(buffer, _stop.Token);
            }
        }
        catch (Exception e) // handed to the consumer, whatever it is
        {
            _fault = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            _ready!.CompleteAdding();
        }
    }
}
