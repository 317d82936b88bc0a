using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Data;

/// <summary>Damaged, lying and hostile data: each case must be one clear error naming file and record, with little memory taken.</summary>
public sealed class MalformedDataTests
{
    private const string Good = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4, 4, 3), }\n";

    private static readonly Dictionary<string, (Func<Written, string> Spec, string Where, string Message)> Cases = new()
    {
        ["cifar folder missing"] = (w => $"cifar10:{w["none"]}", "test_batch.bin", "no such file"),
        ["cifar train missing"] = (w => $"cifar10:{w.Folder}#train", "", "no train files"),
        ["cifar empty"] = (w => Cifar(w, []), "test_batch.bin", "no samples"),
        ["cifar cut off"] = (w => Cifar(w, Written.Cifar(1, 2)[..^7]), "record 1", "3066 bytes"),
        ["cifar mislabelled"] = (w => Cifar(w, Written.Cifar(1, 2, 10, 3)), "record 2", "label 10; expected 0 to 9"),
        ["cifar class names short"] = (w => w.Text("batches.meta.txt", "cat\ndog\n") is var _ ? Cifar(w, Written.Cifar(1)) : "", "batches.meta.txt", "2 class names"),
        ["cifar100 given cifar10"] = (w => w.Bytes("test.bin", Written.Cifar(1, 2)) is var _ ? $"cifar100:{w.Folder}" : "", "test.bin", "3072 bytes; expected 3074 bytes"),

        ["idx not idx"] = (w => Idx(w, [1, 2, 3, 4, 5], Written.Idx([1], [0])), "images", "magic 01020304"),
        ["idx swapped"] = (w => Idx(w, Written.Idx([1], [0]), Written.Idx([1, 1, 1], [0])), "labels", "magic 00000803"),
        ["idx wrong type"] = (w => Idx(w, [0, 0, 13, 3, .. new byte[12]], Written.Idx([1], [0])), "images", "magic 00000d03"),
        ["idx head cut off"] = (w => Idx(w, Written.Idx([1, 1, 1], [0])[..9], Written.Idx([1], [0])), "images", "9 bytes"),
        ["idx short"] = (w => Idx(w, Written.Idx([2, 3, 3], new byte[17]), Written.Idx([2], [0, 1])), "images", "33 bytes; expected the 34"),
        ["idx long"] = (w => Idx(w, Written.Idx([2, 3, 3], new byte[19]), Written.Idx([2], [0, 1])), "images", "35 bytes; expected the 34"),
        ["idx no samples"] = (w => Idx(w, Written.Idx([0, 3, 3], []), Written.Idx([1], [0])), "images", "no samples"),
        ["idx negative size"] = (w => Idx(w, Written.Idx([-1, 3, 3], []), Written.Idx([1], [0])), "images", "4294967295"),
        ["idx size overflow"] = (w => Idx(w, Written.Idx([int.MaxValue, int.MaxValue, int.MaxValue], []), Written.Idx([1], [0])), "images", "at most 2 GiB"),
        ["idx counts differ"] = (w => Idx(w, Written.Idx([2, 1, 1], [0, 0]), Written.Idx([3], [0, 1, 2])), "labels", "3 labels for 2 images"),
        ["gzip damaged"] = (w => Idx(w, [0x1F, 0x8B, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9], Written.Idx([1], [0])), "images", "damaged gzip data"),
        ["gzip cut off"] = (w => Idx(w, Written.Gzip(Written.Idx([4, 99, 99], Noise(4 * 99 * 99)))[..9000], Written.Idx([4], [0, 0, 0, 0])), "images", "expected the 39220 bytes"),
        ["gzip longer than declared"] = (w => Idx(w, Written.Gzip(Written.Idx([1, 2, 2], new byte[1 << 20])), Written.Idx([1], [0])), "images", "21 bytes; expected the 20"),
        ["gzip declares 2 GB"] = (w => Idx(w, Written.Gzip(Written.Idx([2000, 1000, 1000], new byte[100])), Written.Idx([1], [0])), "images", "expected the 2000000016 bytes"),

        ["gzip bomb"] = (w => Idx(w, Written.Gzip(Written.Idx([100, 1000, 1000], new byte[100_000_000])), Written.Idx([1], [0])), "images", "expected at most 100 times the packed size"),

        ["npy missing"] = (w => $"npy:{w["none.npy"]},{Labels(w, 0, 1)}", "none.npy", "no such file"),
        ["npy empty file"] = (w => Npy(w, w.Bytes("i.npy", [])), "i.npy", "0 bytes"),
        ["npy not npy"] = (w => Npy(w, w.Text("i.npy", "hello, world")), "i.npy", "no npy signature"),
        ["npy version 9"] = (w => Npy(w, w.RawNpy("i.npy", Good, 96, 9)), "i.npy", "npy version 9"),
        ["npy head longer than file"] = (w => Npy(w, w.Bytes("i.npy", [0x93, .. "NUMPY"u8, 2, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0])), "i.npy", "a header of 2147483647 bytes"),
        ["npy head unclosed"] = (w => Npy(w, w.RawNpy("i.npy", "{'descr': '|u1', 'shape': (2,", 2)), "i.npy", "broken"),
        ["npy head twice a key"] = (w => Npy(w, w.RawNpy("i.npy", "{'descr': '|u1', 'descr': '|u1'}")), "i.npy", "key 'descr'"),
        ["npy head lacks shape"] = (w => Npy(w, w.RawNpy("i.npy", "{'descr': '|u1', 'fortran_order': False}")), "i.npy", "without descr, fortran_order or shape"),
        ["npy pickled objects"] = (w => Npy(w, w.RawNpy("i.npy", "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}")), "i.npy", "element type '|O'"),
        ["npy big-endian"] = (w => Npy(w, w.RawNpy("i.npy", "{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", 8)), "i.npy", "element type '>f4'"),
        ["npy structured"] = (w => Npy(w, w.RawNpy("i.npy", "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", 8)), "i.npy", "a structured array"),
        ["npy negative shape"] = (w => Npy(w, w.RawNpy("i.npy", "{'descr': '|u1', 'fortran_order': False, 'shape': (-2, 3)}", 8)), "i.npy", "broken shape"),
        ["npy huge shape"] = (w => Npy(w, w.RawNpy("i.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 8)}", 8)), "i.npy", "shape [9223372036854775807,8]"),
        ["npy claims 4 GB"] = (w => Npy(w, w.RawNpy("i.npy", "{'descr': '|u1', 'fortran_order': True, 'shape': (65536, 256, 256, 1)}", 8)), "i.npy", "expected 4294967"),
        ["npy cut off"] = (w => Npy(w, w.RawNpy("i.npy", Good, 90)), "i.npy", "expected 172 bytes for UInt8 [2,4,4,3]"),
        ["npy trailing bytes"] = (w => Npy(w, w.RawNpy("i.npy", Good, 99)), "i.npy", "175 bytes"),
        ["npy images of two dimensions"] = (w => Npy(w, w.Npy("i.npy", ElementType.UInt8, [2, 4], new byte[8])), "i.npy", "UInt8 [2,4]"),
        ["npy images of int64"] = (w => Npy(w, w.Npy("i.npy", ElementType.Int64, [2, 1, 1, 1], new long[2])), "i.npy", "Int64 [2,1,1,1]"),
        ["npy channels unclear"] = (w => Npy(w, w.Npy("i.npy", ElementType.UInt8, [2, 3, 4, 3], new byte[72])), "i.npy", "[2,3,4,3]"),
        ["npy no images"] = (w => Npy(w, w.Npy("i.npy", ElementType.UInt8, [0, 4, 4, 3], Array.Empty<byte>())), "i.npy", "no samples"),
        ["npy counts differ"] = (w => $"npy:{w.RawNpy("i.npy", Good, 96)},{Labels(w, 0, 1, 2)}", "l.npy", "3 labels for 2 images"),
        ["npy float labels"] = (w => $"npy:{w.RawNpy("i.npy", Good, 96)},{w.Npy("l.npy", ElementType.Float, [2], new float[2])}", "l.npy", "expected integer labels [N]"),
        ["npy labels of two dimensions"] = (w => $"npy:{w.RawNpy("i.npy", Good, 96)},{w.Npy("l.npy", ElementType.Int64, [2, 1], new long[2])}", "l.npy", "Int64 [2,1]"),
        ["npy negative label"] = (w => $"npy:{w.RawNpy("i.npy", Good, 96)},{Labels(w, 0, -1)}", "l.npy, record 1", "label -1"),
        ["npy giant label"] = (w => $"npy:{w.RawNpy("i.npy", Good, 96)},{Labels(w, 1L << 40, 0)}", "l.npy, record 0", "label 1099511627776"),
        ["npy label beyond the model"] = (w => $"npy:{w.RawNpy("i.npy", Good, 96)},{Labels(w, 0, 10)}", "record 1", "label 10; expected 0 to 9"),
        ["npy NaN"] = (w => $"npy:{w.Npy("i.npy", ElementType.Float, [2, 1, 1, 2], new[] { 1f, 2, 3, float.NaN })},{Labels(w, 0, 1)}", "i.npy, record 1", "NaN at value 1"),
        ["npy infinity in float64"] = (w => $"npy:{w.Npy("i.npy", ElementType.Double, [2, 1, 1, 2], new[] { 1e300, 2, 3, 4 })},{Labels(w, 0, 1)}", "i.npy, record 0", "Infinity at value 0"),

        ["npz is not zip"] = (w => Npy(w, w.Text("a.npz", "no zip at all, really not") + "!x"), "a.npz", "damaged archive"),
        ["npz member missing"] = (w => Npy(w, w.Npz("a.npz", ("y.npy", Written.RawNpy(Good, 96))) + "!x"), "a.npz", "no array 'x'"),
        ["npz without member"] = (w => Npy(w, w.Npz("a.npz", ("y.npy", Written.RawNpy(Good, 96)))), "a.npz", "an archive of arrays"),
        ["npz member too short"] = (w => Npy(w, w.Npz("a.npz", ("x.npy", Written.RawNpy(Good, 50))) + "!x"), "a.npz!x.npy", "for UInt8 [2,4,4,3]"),
        ["npz bomb"] = (w => Npy(w, w.Npz("a.npz", ("x.npy", Written.RawNpy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 6000, 6000, 3)}", 216_000_000))) + "!x"), "a.npz!x.npy", "expected at most 100 times the packed size"),
        ["npz head declares more"] = (w => Npy(w, w.Npz("a.npz", ("x.npy", Written.RawNpy("{'descr': '<f8', 'fortran_order': False, 'shape': (200000000,)}", 64))) + "!x"), "a.npz!x.npy", "for Double [200000000]"),
        ["npz damaged data"] = (w => Npy(w, Damaged(w) + "!x"), "a.npz", ""),

        ["suite missing"] = (w => $"suite:{w["none"]}#fog@1", "none", "no such file"),
        ["suite empty"] = (w => $"suite:{w.Folder}#fog@1", "", "no corruption"),
        ["suite odd count"] = (w => Suite(w, 7, 7), "fog.npy", "7 images; expected a multiple of 5"),
        ["suite labels differ"] = (w => Suite(w, 10, 3), "labels.npy", "3 labels for 10 images"),
        ["suite severity 6"] = (w => Suite(w, 10, 10).Replace("@1", "@6"), "@6", "severity @6"),

        ["folder missing"] = (w => $"folder:{w["none"]}", "none", "no such file"),
        ["folder without classes"] = (w => $"folder:{w.Folder}", "", "no class folders"),
        ["folder without pictures"] = (w => w.Text("cat/readme.txt", "x") is var _ ? $"folder:{w.Folder}" : "", "", "no samples"),
        ["picture is text"] = (w => w.Text("cat/0.png", "hello") is var _ ? $"folder:{w.Folder}" : "", "0.png", "neither PNG nor JPEG"),
        ["picture is empty"] = (w => w.Bytes("cat/0.jpg", []) is var _ ? $"folder:{w.Folder}" : "", "0.jpg", "an empty file"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void BadData_IsAClearError(string name)
    {
        using var written = new Written();
        var (make, where, message) = Cases[name];
        var spec = make(written);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<AuditException>(() => ReadAll(spec));
        Assert.True(error.Code is AuditCode.Invalid or AuditCode.Usage, error.Code.ToString());
        Assert.Contains(where.Length == 0 ? written.Folder : where, error.Message);
        Assert.Contains(message, error.Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 32 << 20, "took more than 32 MiB");
    }

    [SkippableTheory]
    [InlineData(60000, 60000, 100, "60000×60000 pixels")]
    [InlineData(8000, 8000, 10, "8000×8000 pixels")]
    [InlineData(16, 16, 10, "cannot be read")]
    public void PngThatDeclaresMoreThanItHolds_IsAClearError(int width, int height, int lines, string found)
    {
        ImageFileTests.RequireLibraries();
        using var written = new Written();
        written.Bytes("cat/0.png", Written.Png(width, height, new byte[lines]));
        var error = Assert.Throws<AuditException>(() => ReadAll($"folder:{written.Folder}"));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains("0.png", error.Where);
        Assert.Contains(found, error.Found);
    }

    /// <summary>A checksum that is wrong is met while looking for surplus bytes when it stands in another chunk of the file than the last pixels.</summary>
    [Fact]
    public void GzipWithAWrongTrailer_IsAClearError_WhereverItStands()
    {
        for (var padding = 0; padding < 40; padding++)
        {
            using var written = new Written();
            var packed = Written.Gzip(Written.Idx([1, 80, 91], Noise(80 * 91)));
            var length = 8192 - (packed.Length - 8) - padding;
            byte[] named = [.. packed[..3], 8, .. packed[4..10], .. Enumerable.Repeat((byte)'n', length - 1), 0, .. packed[10..]]; // FNAME moves the trailer
            named[^6] ^= 0xFF;
            var error = Assert.Throws<AuditException>(() => ReadAll(Idx(written, named, Written.Idx([1], [0]))));
            Assert.Equal(AuditCode.Invalid, error.Code);
            Assert.Contains("damaged gzip data", error.Found);
        }
    }

    [Fact]
    public void AnyByteOfAnNpyHead_MayBeWrong_WithoutACrash()
    {
        var good = Written.RawNpy(Good, 96);
        for (var at = 0; at < 10 + Good.Length; at++)
        {
            foreach (var value in new byte[] { 0, 1, (byte)'9', (byte)'(', 0x7F, 0xFF })
            {
                var bytes = (byte[])good.Clone();
                bytes[at] = value;
                if (Record.Exception(() => NpyFile.OverMemory("here", bytes)) is { } error) Assert.IsType<AuditException>(error);
            }
        }
    }

    private static void ReadAll(string spec)
    {
        using var dataset = DataSpec.Open(spec, new DataOptions { ClassCount = spec.StartsWith("cifar100", StringComparison.Ordinal) ? 100 : 10 });
        for (var i = 0; i < dataset.Count; i++)
        {
            if (dataset.Encoding == SampleEncoding.Floats) dataset.ReadFloats(i, new float[dataset.Shape.Count]);
            else dataset.ReadPixels(i, new byte[dataset.Shape.Count]);
        }
    }

    private static string Cifar(Written w, byte[] bytes)
    {
        w.Bytes("test_batch.bin", bytes);
        return $"cifar10:{w.Folder}";
    }

    private static string Idx(Written w, byte[] images, byte[] labels) => $"idx:{w.Bytes("images", images)},{w.Bytes("labels", labels)}";

    private static string Labels(Written w, params long[] labels) => w.Npy("l.npy", ElementType.Int64, [labels.Length], labels);

    private static string Npy(Written w, string images) => $"npy:{images},{Labels(w, 0, 1)}";

    private static string Suite(Written w, int images, int labels)
    {
        w.Npy("fog.npy", ElementType.UInt8, [images, 2, 2, 3], new byte[images * 12]);
        w.Npy("labels.npy", ElementType.Int64, [labels], new long[labels]);
        return $"suite:{w.Folder}#fog@1";
    }

    private static string Damaged(Written w)
    {
        var path = w.Npz("a.npz", ("x.npy", [.. NpyWriter.Header(ElementType.UInt8, 2, 4, 4, 3), .. Noise(96)]));
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(60, 60).Fill(0xFF);
        return w.Bytes("a.npz", bytes);
    }

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(5).NextBytes(bytes);
        return bytes;
    }
}
