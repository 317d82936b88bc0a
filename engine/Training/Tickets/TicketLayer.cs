using System.Numerics;
using System.Runtime.InteropServices;

namespace OnnxAudit.Training.Tickets;

/// <summary>One layer of a ticket: weights that were drawn once and never change, and what the scores make of them.</summary>
/// <param name="Name">Its initializer's name.</param>
/// <param name="Tensor">Its position among the trained tensors.</param>
/// <param name="Weights">The drawn weights w, C order.</param>
/// <param name="Method">What becomes of the kept ones.</param>
internal sealed record TicketLayer(string Name, int Tensor, float[] Weights, TicketMethod Method)
{
    private const uint Sign = 0x80000000;

    private readonly uint[] _kept = new uint[Weights.Length];
    private readonly float? _magnitude = Weights.Length > 0 && Weights.All(w => MathF.Abs(w) == MathF.Abs(Weights[0])) ? MathF.Abs(Weights[0]) : null;

    /// <summary>Weights that stay.</summary>
    public int Kept { get; private set; }

    /// <summary>Mean |w| over those that stay; 0 when none does.</summary>
    public float Alpha { get; private set; }

    /// <summary>
    /// Writes W_eff: biprop α·m·sign(w) with sign(0) = 0, edge-popup m·w, where m = 1 for weights that the cut over their |s| lets stay; removed ones are +0.
    /// </summary>
    /// <param name="scores">The layer's scores.</param>
    /// <param name="effective">W_eff; written.</param>
    /// <param name="cut">The pool's cut; its removals go on with the next layer.</param>
    /// <param name="reserved">Position that stays whatever its score; below 0: none.</param>
    public void Write(ReadOnlySpan<float> scores, Span<float> effective, ref ScoreCut cut, int reserved = -1)
    {
        Kept = TopScores.Mark(scores, _kept, ref cut, reserved);
        Alpha = Gain();
        var weights = MemoryMarshal.Cast<float, uint>(Weights.AsSpan());
        var into = MemoryMarshal.Cast<float, uint>(effective);
        // The bits of α take the sign of w; edge-popup takes all bits of w.
        var (taken, put) = Method == TicketMethod.Biprop ? (Sign, BitConverter.SingleToUInt32Bits(Alpha)) : (uint.MaxValue, 0u);
        var (lanes, i) = (Vector<uint>.Count, 0);
        var (some, value) = (new Vector<uint>(taken), new Vector<uint>(put));
        for (; i <= into.Length - lanes; i += lanes)
        {
            var w = new Vector<uint>(weights[i..]);
            var zero = Vector.Equals(w & new Vector<uint>(~Sign), Vector<uint>.Zero);
            (Vector.AndNot(w & some | value, zero) & new Vector<uint>(_kept.AsSpan(i))).CopyTo(into[i..]);
        }

        for (; i < into.Length; i++) into[i] = (weights[i] & ~Sign) == 0 ? 0 : (weights[i] & taken | put) & _kept[i];
    }

    /// <summary>The straight-through gradient ∂L/∂s = sign(s)·w·∂L/∂W_eff, of removed weights too, in place.</summary>
    /// <param name="scores">The layer's scores.</param>
    /// <param name="gradients">∂L/∂W_eff, then ∂L/∂s.</param>
    public void Pull(ReadOnlySpan<float> scores, Span<float> gradients)
    {
        var (lanes, i) = (Vector<float>.Count, 0);
        for (; i <= gradients.Length - lanes; i += lanes)
        {
            var s = new Vector<float>(scores[i..]);
            var g = new Vector<float>(Weights.AsSpan(i)) * new Vector<float>(gradients[i..]);
            var turned = Vector.AsVectorUInt32(g) ^ Vector.AsVectorUInt32(s) & new Vector<uint>(Sign);
            Vector.ConditionalSelect(Vector.Equals(s, Vector<float>.Zero), Vector<float>.Zero, Vector.AsVectorSingle(turned)).CopyTo(gradients[i..]);
        }

        for (; i < gradients.Length; i++)
        {
            var g = Weights[i] * gradients[i];
            gradients[i] = scores[i] > 0 ? g : scores[i] < 0 ? -g : 0;
        }
    }

    private float Gain()
    {
        if (Kept == 0) return 0;
        if (_magnitude is { } all) return all;
        double sum = 0;
        for (var i = 0; i < Weights.Length; i++)
            if (_kept[i] != 0) sum += Math.Abs(Weights[i]);
        return (float)(sum / Kept);
    }
}
