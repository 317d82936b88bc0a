namespace OnnxAudit.Geometry;

/// <summary>
/// The norms ‖W_i − W_j‖ of the classes that occur, one row per class i, kept between batches in bounded memory:
/// all of them for up to 2,048 classes, else those of the latest batches.
/// </summary>
internal sealed class PairNorms
{
    private const int MostElements = 1 << 22;

    private readonly ClassDirections _directions;
    private readonly int[] _slotOfClass;
    private readonly List<(int Class, int Slot)> _missing = [];
    private float[] _rows = [];
    private int[] _slots = [];
    private int _capacity;
    private int _used;

    internal PairNorms(ClassDirections directions)
    {
        _directions = directions;
        _slotOfClass = new int[directions.Classes];
        Array.Fill(_slotOfClass, -1);
    }

    /// <summary>1/‖W_i − W_j‖ [P,C], 0 for pairs to skip: j = i and nearly equal directions.</summary>
    internal ReadOnlySpan<float> Inverse => _rows;

    /// <summary>P.</summary>
    internal int Rows => _used;

    /// <summary>Makes a row for every class in <paramref name="references"/> and returns each one's place, [n].</summary>
    internal ReadOnlySpan<int> Prepare(ReadOnlySpan<int> references, int threads)
    {
        if (!TryPlace(references))
        {
            Array.Fill(_slotOfClass, -1);
            _used = 0;
            var wanted = Math.Min(_directions.Classes, Math.Max(references.Length, MostElements / _directions.Classes));
            if (wanted > _capacity)
            {
                _capacity = wanted;
                _rows = new float[(long)wanted * _directions.Classes];
            }

            TryPlace(references);
        }

        if (_missing.Count * (long)_directions.Classes * _directions.Features < GeometryMeter.WorthAThread || threads == 1)
            foreach (var (i, slot) in _missing) Fill(i, slot);
        else
            Parallel.ForEach(_missing, new ParallelOptions { MaxDegreeOfParallelism = threads }, item => Fill(item.Class, item.Slot));
        _missing.Clear();
        return _slots.AsSpan(0, references.Length);
    }

    // False when the rows do not suffice; what was placed until then is placed anew.
    private bool TryPlace(ReadOnlySpan<int> references)
    {
        _missing.Clear();
        if (_slots.Length < references.Length) _slots = new int[references.Length];
        for (var row = 0; row < references.Length; row++)
        {
            ref var slot = ref _slotOfClass[references[row]];
            if (slot < 0)
            {
                if (_used == _capacity) return false;
                slot = _used++;
                _missing.Add((references[row], slot));
            }

            _slots[row] = slot;
        }

        return true;
    }

    private void Fill(int i, int slot)
    {
        var row = _rows.AsSpan(slot * _directions.Classes, _directions.Classes);
        for (var j = 0; j < row.Length; j++)
        {
            var norm = j == i ? 0 : _directions.Distance(i, j);
            row[j] = norm < ClassDirections.NearlyEqual ? 0 : (float)(1 / norm);
        }
    }
}
