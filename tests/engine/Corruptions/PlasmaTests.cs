using OnnxAudit.Corruptions;

namespace OnnxAudit.Tests.Corruptions;

public sealed class PlasmaTests
{
    [Fact]
    public void Map_OfSide4_IsTheWorkedExamples()
    {
        double[] expected = [1, .615, .24, .76625, .48375, .355, .23375, .54, .98, .415, 0, .56625, .9125, .725, .1575, .405];
        Assert.Equal(expected, Map(4, 2), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Map_OfSide32_HasTheStatedValues()
    {
        // Six decimals are stated.
        var map = Map(32, 3);
        Assert.Equal(.542361, map.Average(), 1e-6);
        Assert.Equal(1, map[0]);
        Assert.Equal(.558009, map[5 * 32 + 7], 1e-6);
        Assert.Equal(.897989, map[31 * 32 + 31], 1e-6);
        Assert.Equal(555.377738, map.Sum(), 1e-6);
    }

    private static double[] Map(int side, double decay)
    {
        var map = new double[side * side];
        Plasma.Fill(map, side, decay, new CountedDraws(), new double[side * side]);
        return map;
    }

    /// <summary>U(−1,1) is ((37i) mod 101)/50 − 1 for i = 0, 1, ….</summary>
    private sealed class CountedDraws : CorruptionDraws
    {
        private int _count;

        public override double Uniform() => 37 * _count++ % 101 / 100.0;

        public override double Normal() => throw new InvalidOperationException("not drawn here");
    }
}
