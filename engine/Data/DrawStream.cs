using OnnxAudit.Kernels;

namespace OnnxAudit.Data;

/// <summary>The random numbers of one sample, one after another: word w of draw d is Philox(key; d, sample)[w].</summary>
internal struct DrawStream(Philox philox, ulong sample)
{
    private (uint A, uint B, uint C, uint D) _words;
    private ulong _draw;
    private int _left;

    /// <summary>32 random bits.</summary>
    public uint Word()
    {
        if (_left == 0) (_words, _left) = (philox.Words(sample, _draw++), 4);
        return _left-- switch
        {
            4 => _words.A,
            3 => _words.B,
            2 => _words.C,
            _ => _words.D,
        };
    }

    /// <summary>A number in [0,1).</summary>
    public float Unit() => Philox.ToUnit(Word());

    /// <summary>A number in [from, to).</summary>
    public float Between(float from, float to) => from + (to - from) * Unit();
}
