using OnnxAudit.Kernels;

namespace OnnxAudit.Corruptions;

/// <summary>
/// Counter-based draws: word i of (seed, corruption, severity, sample) is always the same, and every draw takes one word. Set again for every image.
/// </summary>
public sealed class PhiloxDraws : CorruptionDraws
{
    private const int Block = 1024;
    private readonly uint[] _words = new uint[Block];
    private Philox _philox;
    private (ulong Seed, string Name) _key;
    private ulong _sample;
    private ulong _draw;
    private int _at;

    /// <summary>Goes to the first word of an image. sample: the image's index in its source.</summary>
    public void Begin(ulong seed, string corruption, int severity, long sample)
    {
        if (_key.Name != corruption || _key.Seed != seed) (_philox, _key) = (Philox.For(seed, "corruption." + corruption), (seed, corruption));
        (_sample, _draw, _at) = ((ulong)sample, (ulong)severity << 56, Block);
    }

    /// <inheritdoc/>
    public override double Uniform() => Word() * (1.0 / 4294967296.0);

    /// <inheritdoc/>
    public override double Normal() => NormalDraw.Of(Word());

    /// <inheritdoc/>
    public override int Integer(int n) => (int)((ulong)Word() * (uint)n >> 32);

    /// <inheritdoc/>
    public override void Integers(int n, Span<int> into)
    {
        for (var done = 0; done < into.Length;)
        {
            var words = Take(into.Length - done);
            for (var i = 0; i < words.Length; i++) into[done + i] = (int)((ulong)words[i] * (uint)n >> 32);
            done += words.Length;
        }
    }

    /// <inheritdoc/>
    public override void Uniforms(Span<double> into)
    {
        for (var done = 0; done < into.Length;)
        {
            var words = Take(into.Length - done);
            for (var i = 0; i < words.Length; i++) into[done + i] = words[i] * (1.0 / 4294967296.0);
            done += words.Length;
        }
    }

    /// <inheritdoc/>
    public override void Uniforms(Span<float> into)
    {
        for (var done = 0; done < into.Length;)
        {
            var words = Take(into.Length - done);
            for (var i = 0; i < words.Length; i++) into[done + i] = Philox.ToUnit(words[i]);
            done += words.Length;
        }
    }

    /// <inheritdoc/>
    public override void Normals(Span<float> into)
    {
        for (var done = 0; done < into.Length;)
        {
            var words = Take(into.Length - done);
            NormalDraw.Fill(words, into.Slice(done, words.Length));
            done += words.Length;
        }
    }

    private uint Word()
    {
        if (_at == Block) Refill();
        return _words[_at++];
    }

    /// <summary>The next words, at least one and at most <paramref name="most"/>.</summary>
    private ReadOnlySpan<uint> Take(int most)
    {
        if (_at == Block) Refill();
        var count = Math.Min(most, Block - _at);
        _at += count;
        return _words.AsSpan(_at - count, count);
    }

    private void Refill()
    {
        _philox.Fill(_sample, _draw, _words);
        _draw += Block / 4;
        _at = 0;
    }
}
