using System.Diagnostics;
using System.Reflection;
using OnnxAudit.Corruptions;
using OnnxAudit.Data;

namespace OnnxAudit.Tests.Corruptions;

public class CorruptionCallTests
{
    public static TheoryData<string> Names => [.. CorruptionTable.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_GivesTheSameBytes_WhateverCameBefore(string name)
    {
        var corruption = CorruptionTable.Find(name);
        foreach (var (profile, shape) in new[] { (CorruptionProfile.Cifar, new ImageShape(3, 32, 32)), (CorruptionProfile.Mnist, new ImageShape(1, 28, 28)) })
        {
            var image = GoldenRow.ImageT(shape);
            var (used, made, again) = (new CorruptionCall(profile, shape), new byte[image.Length], new byte[image.Length]);
            foreach (var other in CorruptionTable.All) used.Apply(other, 5, 9, 8, new byte[image.Length], made);
            used.Apply(corruption, 3, 9, 7, image, made);
            new CorruptionCall(profile, shape).Apply(corruption, 3, 9, 7, image, again);
            Assert.Equal(made, again);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Randomness_FollowsSeedSampleAndSeverity_WhereThereIsAny(string name)
    {
        var corruption = CorruptionTable.Find(name);
        var shape = new ImageShape(3, 32, 32);
        var call = new CorruptionCall(CorruptionProfile.Cifar, shape);
        byte[] Made(ulong seed, long sample)
        {
            var made = new byte[shape.Count];
            call.Apply(corruption, 4, seed, sample, GoldenRow.ImageT(shape), made);
            return made;
        }

        Assert.Equal(Made(1, 2), Made(1, 2));
        Assert.Equal(corruption.Random, !Made(1, 2).AsSpan().SequenceEqual(Made(1, 3)));
        Assert.Equal(corruption.Random, !Made(1, 2).AsSpan().SequenceEqual(Made(2, 2)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Images_OfAnySizeAndGreyOnes_AreCorruptedWhole(string name)
    {
        foreach (var shape in new[] { new ImageShape(3, 48, 40), new ImageShape(1, 33, 57) })
        {
            var image = GoldenRow.ImageT(shape);
            for (var severity = 1; severity <= Corruption.Severities; severity++)
            {
                var (one, other) = (new byte[image.Length], new byte[image.Length]);
                // Two calls that begin with different bytes in their output show any that a rule leaves alone.
                var (fresh, used) = (new CorruptionCall(CorruptionProfile.AnySize, shape), new CorruptionCall(CorruptionProfile.AnySize, shape));
                used.Apply(CorruptionTable.Find("brightness"), 5, 0, 0, image, other);
                fresh.Apply(CorruptionTable.Find(name), severity, 1, 1, image, one);
                used.Apply(CorruptionTable.Find(name), severity, 1, 1, image, other);
                Assert.Equal(one, other);
                // A grey has no saturation to scale; only the shift of severities 4 and 5 shows.
                if (shape.Channels == 3 || name != "saturate") Assert.NotEqual(image, one);
            }
        }
    }

    [Theory]
    [InlineData("gaussian_blur")]
    [InlineData("defocus_blur")]
    [InlineData("glass_blur")]
    [InlineData("motion_blur")]
    [InlineData("zoom_blur")]
    [InlineData("contrast")]
    public void Blurs_LeaveAConstantImageAlone(string name)
    {
        var shape = new ImageShape(3, 32, 32);
        var image = Enumerable.Repeat((byte)77, shape.Count).ToArray();
        var made = new byte[image.Length];
        for (var severity = 1; severity <= Corruption.Severities; severity++)
        {
            new CorruptionCall(CorruptionProfile.Cifar, shape).Apply(CorruptionTable.Find(name), severity, 1, 1, image, made);
            // Weights sum to 1 but for the last bit, and truncation turns that into a level.
            Assert.All(made, v => Assert.InRange(v, 76, 77));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Apply_AllocatesNothing_OnceWarm(string name)
    {
        Skip.If(typeof(CorruptionCall).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true }, "unoptimised code allocates where it reads constant tables");
        var corruption = CorruptionTable.Find(name);
        var shape = new ImageShape(3, 32, 32);
        var call = new CorruptionCall(CorruptionProfile.Cifar, shape);
        var (image, made) = (GoldenRow.ImageT(shape), new byte[shape.Count]);
        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 40; i++) call.Apply(corruption, 3, 1, i, image, made);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The runtime optimises what is called often, a little later.
        var allocated = Allocated();
        for (var round = 0; round < 200 && allocated > 0; round++)
        {
            Thread.Sleep(20);
            allocated = Allocated();
        }

        Assert.Equal(0, allocated);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void Apply_RefusesOtherSeverities(int severity)
    {
        var call = new CorruptionCall(CorruptionProfile.Mnist, new ImageShape(1, 28, 28));
        var error = Assert.Throws<AuditException>(() => call.Apply(CorruptionTable.Find("contrast"), severity, 0, 0, new byte[784], new byte[784]));
        Assert.Equal(AuditCode.Usage, error.Code);
        Assert.Equal($"contrast: found severity {severity}; expected 1 to 5. Correct the severity.", error.Message);
    }

    [Fact]
    public void Apply_RefusesBuffersOfAnotherLength() => Assert.Throws<ArgumentException>(() =>
        new CorruptionCall(CorruptionProfile.Mnist, new ImageShape(1, 28, 28)).Apply(CorruptionTable.Find("contrast"), 1, 0, 0, new byte[783], new byte[784]));

    [Fact]
    public void GlassBlur_WithTrueSwap_MovesPixelsOnly()
    {
        var shape = new ImageShape(3, 32, 32);
        var image = GoldenRow.ImageT(shape);
        var made = new byte[image.Length];
        // Severity 1 has a σ too small to blur: swaps alone keep every pixel.
        new CorruptionCall(CorruptionProfile.Cifar, shape, new CorruptionOptions { TrueSwap = true }).Apply(CorruptionTable.Find("glass_blur"), 1, 1, 1, image, made);
        Assert.NotEqual(image, made);
        Assert.Equal(Pixels(image), Pixels(made));
        new CorruptionCall(CorruptionProfile.Cifar, shape).Apply(CorruptionTable.Find("glass_blur"), 1, 1, 1, image, made);
        Assert.NotEqual(Pixels(image), Pixels(made));

        static int[] Pixels(byte[] bytes) => [.. bytes.Chunk(3).Select(p => p[0] << 16 | p[1] << 8 | p[2]).Order()];
    }

    [Fact]
    public void MnistsBlur_WithTheOption_GoesBothWays()
    {
        var shape = new ImageShape(1, 28, 28);
        var image = new byte[784];
        image[14 * 28 + 14] = 255;
        var made = new byte[784];
        new CorruptionCall(CorruptionProfile.Mnist, shape).Apply(CorruptionTable.Find("gaussian_blur"), 1, 0, 0, image, made);
        Assert.Equal((0, true), (made[14 * 28 + 15], made[15 * 28 + 14] > 0));
        new CorruptionCall(CorruptionProfile.Mnist, shape, new CorruptionOptions { IsotropicBlur = true }).Apply(CorruptionTable.Find("gaussian_blur"), 1, 0, 0, image, made);
        Assert.True(made[14 * 28 + 15] > 0 && made[14 * 28 + 15] == made[15 * 28 + 14]);
    }
}
