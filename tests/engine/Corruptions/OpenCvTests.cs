using OnnxAudit.Corruptions;

namespace OnnxAudit.Tests.Corruptions;

/// <summary>Building blocks against OpenCV 4.6 on random planes.</summary>
public sealed class OpenCvTests
{
    private static readonly StoredArrays Stored = new("blocks.npz");

    public static TheoryData<int> Planes => [.. Enumerable.Range(0, Stored.Count("plane"))];

    [Theory]
    [MemberData(nameof(Planes))]
    public void Edges_AreOpenCvs_BitForBit(int number)
    {
        var (plane, height, width) = Plane(number);
        var edges = new byte[plane.Length];
        OpenCvCanny.Apply(plane, edges, height, width, 50, 150, new int[OpenCvCanny.Memory(height, width)]);
        Assert.Equal(Stored.Read<byte>($"canny{number}"), edges);
    }

    [Theory]
    [MemberData(nameof(Planes))]
    public void Distances_AreOpenCvs_BitForBit(int number)
    {
        var (_, height, width) = Plane(number);
        var distance = new float[height * width];
        ChamferDistance.Apply(Stored.Read<byte>($"canny{number}"), distance, height, width, new int[ChamferDistance.Memory(height, width)]);
        Assert.Equal(Stored.Read<float>($"distance{number}"), distance);
    }

    [Theory]
    [MemberData(nameof(Planes))]
    public void SmallFilters_AreOpenCvs_BitForBit(int number)
    {
        var (plane, height, width) = Plane(number);
        var made = new byte[plane.Length];
        BytePlane.Emboss(plane, made, height, width);
        Assert.Equal(Stored.Read<byte>($"embossed{number}"), made);
        BytePlane.Mean(plane, made, height, width);
        Assert.Equal(Stored.Read<byte>($"mean{number}"), made);
        BytePlane.Mean([.. Stored.Read<float>($"distance{number}").Select(d => Math.Min(d, 20))], made, height, width);
        Assert.Equal(Stored.Read<byte>($"mean_distance{number}"), made);
        BytePlane.Equalise(plane);
        Assert.Equal(Stored.Read<byte>($"equalised{number}"), plane);
    }

    [Fact]
    public void Distance_IsFar_WhenNothingIsMarked()
    {
        var distance = new float[12];
        ChamferDistance.Apply(new byte[12], distance, 3, 4, new int[ChamferDistance.Memory(3, 4)]);
        Assert.All(distance, d => Assert.Equal(8192, d));
    }

    [Fact]
    public void Warps_AreOpenCvs()
    {
        for (var i = 0; i < Stored.Count("warp_image"); i++)
        {
            var (sides, image, m) = (Stored.Sides($"warp_image{i}"), Stored.Read<float>($"warp_image{i}"), Stored.Read<double>($"warp_map{i}"));
            var warped = new float[image.Length];
            AffineWarp.Apply(image, warped, sides[0], sides[1], sides[2], new AffineMap(m[0], m[1], m[2], m[3], m[4], m[5]), sides[2] == 1 ? null : Border.MirrorInside);
            // Four float32 products in another order.
            Assert.All(warped.Zip(Stored.Read<float>($"warped{i}")), p => Assert.Equal(p.Second, p.First, 2e-7));
        }
    }

    private static (byte[] Plane, int Height, int Width) Plane(int number)
    {
        var sides = Stored.Sides($"plane{number}");
        return (Stored.Read<byte>($"plane{number}"), sides[0], sides[1]);
    }
}
