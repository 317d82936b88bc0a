using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Data;

public sealed class NpyFileTests
{
    [Fact]
    public void Header_IsWhatNumpyWrites()
    {
        // numpy.save of float32 zeros (2,3) with NumPy 1.24.
        var expected = "\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" + new string(' ', 58) + "\n";
        Assert.Equal(expected, System.Text.Encoding.Latin1.GetString(NpyWriter.Header(ElementType.Float, 2, 3)));
    }

    [Theory]
    [InlineData(new long[0], "()")]
    [InlineData(new long[] { 7 }, "(7,)")]
    [InlineData(new long[] { 1, 2, 3, 4 }, "(1, 2, 3, 4)")]
    public void Shapes_AreWrittenAsPythonTuples_AndReadBack(long[] dims, string tuple)
    {
        var header = NpyWriter.Header(ElementType.Int64, dims);
        Assert.Equal(0, header.Length % 64);
        Assert.Contains($"'shape': {tuple}, ", System.Text.Encoding.Latin1.GetString(header));
        Assert.Equal(dims, NpyHeader.Parse(header, "here").Dims);
    }

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Bool)]
    [InlineData(ElementType.Float)]
    [InlineData(ElementType.Double)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.UInt16)]
    public void Values_SurviveWritingAndReading(ElementType type)
    {
        using var written = new Written();
        var bytes = Enumerable.Range(0, 6 * type.Bits() / 8).Select(i => (byte)(i * 37)).ToArray();
        var tensor = NpyFile.Read(written.Npy("a.npy", type, [2, 3], bytes));
        Assert.Equal(type, tensor.Type);
        Assert.Equal([2, 3], tensor.Dims.ToArray());
        Assert.Equal(bytes, tensor.Data.ToArray());
    }

    [Fact]
    public void FortranOrder_IsReadIntoCOrder()
    {
        using var written = new Written();
        // numpy.asfortranarray(numpy.arange(24, dtype='i1').reshape(2,3,4)): element (i,j,k) lies at i + 2j + 6k.
        var data = new byte[24];
        for (var i = 0; i < 24; i++) data[i / 12 + 2 * (i / 4 % 3) + 6 * (i % 4)] = (byte)i;
        var head = Written.RawNpy("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3, 4), }\n");
        using var file = NpyFile.Open(written.Bytes("f.npy", [.. head, .. data]));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (byte)i), file.ToTensor().Data.ToArray());
        Assert.Equal(Enumerable.Range(12, 12).Select(i => (byte)i), file.Record(1).ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void EveryVersion_IsRead(byte version)
    {
        using var written = new Written();
        var path = written.RawNpy("v.npy", "{\"shape\": (3L,), 'fortran_order': False, 'descr': '<i4'}  \n", 12, version);
        Assert.Equal(3, NpyFile.Read(path).Count);
    }

    [Fact]
    public void NpzMembers_AreRead_WithOrWithoutTheirEnding()
    {
        using var written = new Written();
        byte[] array = [.. NpyWriter.Header(ElementType.UInt8, 5), 1, 2, 3, 4, 5];
        var path = written.Npz("a.npz", ("x.npy", array), ("y.npy", array));
        Assert.Equal(["x", "y"], NpzFile.Members(path).Select(m => m.Name));
        Assert.Equal([1, 2, 3, 4, 5], NpyFile.Read(path + "!x").Data.ToArray());
        Assert.Equal([1, 2, 3, 4, 5], NpyFile.Read(path + "!y.npy").Data.ToArray());
        Assert.Contains("x, y", Assert.Throws<AuditException>(() => NpyFile.Read(path)).Message);
    }

    [Fact]
    public void EmptyArrays_AreRead()
    {
        using var written = new Written();
        using var file = NpyFile.Open(written.RawNpy("e.npy", "{'descr': '<f4', 'fortran_order': True, 'shape': (0, 4), }\n"));
        Assert.Equal(0, file.ToTensor().Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Record(0));
    }

    [SkippableFact]
    public void RealFiles_AreViewsOfTheirBytes()
    {
        var path = SharedData.Require("inputs/shuffled_order_10000.npy");
        var order = NpyFile.Read(path).Span<long>().ToArray();
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (long)i), order.Order());
    }
}
