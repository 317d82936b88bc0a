using OnnxAudit.Statistics;

namespace OnnxAudit.Tests.Statistics;

public class WelchTests
{
    private static readonly double[] First = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    private static readonly double[] Second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

    /// <summary>Student's sleep data; R: t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p-value = 0.07939.</summary>
    [Fact]
    public void Test_OfStudentsSleepData()
    {
        var test = Welch.Test(First, Second);
        Assert.Equal(1.58, test.Difference, 1e-12);
        Assert.Equal(1.8608, test.T, 5e-5);
        Assert.Equal(17.776, test.Freedom, 5e-4);
        Assert.Equal(0.07939, test.P, 5e-6);
    }

    /// <summary>The same, paired: t = 4.0621, df = 9, p-value = 0.002833.</summary>
    [Fact]
    public void Paired_OfStudentsSleepData()
    {
        var test = Welch.Paired([.. First.Zip(Second, (a, b) => b - a)]);
        Assert.Equal(4.0621, test.T, 5e-5);
        Assert.Equal(9, test.Freedom);
        Assert.Equal(0.002833, test.P, 5e-7);
    }

    /// <summary>Four against three values with variances a thousandfold apart; R: p-value = 0.01075.</summary>
    [Fact]
    public void Test_OfUnequalVariances() => Assert.Equal(0.010751, Welch.Test([3.0, 4.0, 1.0, 2.1], [490.2, 340.0, 433.9]).P, 1e-6);

    [Fact]
    public void Test_HasNoP_WithoutVarianceOrValues()
    {
        Assert.True(double.IsNaN(Welch.Test([1], [2, 3]).P));
        Assert.True(double.IsNaN(Welch.Test([1, 1], [2, 2]).P));
        Assert.True(double.IsNaN(Welch.Test([], [2, 2]).P));
        Assert.True(double.IsNaN(Welch.Paired([0, 0, 0]).P));
        Assert.Equal(1, Welch.Test([1, 1], [2, 2]).Difference);
    }
}
