using OnnxAudit.Graphs;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

public class OrtTensorTests
{
    public OrtTensorTests() => _ = Ort.Library;

    [Fact]
    public void EveryElementType_PassesThroughARun()
    {
        Passes<float>(ElementType.Float, [1.5f, float.NaN, float.NegativeInfinity]);
        Passes<Half>(ElementType.Float16, [(Half)1.5, (Half)(-2), Half.MaxValue]);
        Passes<double>(ElementType.Double, [1e300, -0.0, double.Epsilon]);
        Passes<long>(ElementType.Int64, [long.MinValue, 0, long.MaxValue]);
        Passes<int>(ElementType.Int32, [int.MinValue, 0, int.MaxValue]);
        Passes<short>(ElementType.Int16, [short.MinValue, 0, short.MaxValue]);
        Passes<sbyte>(ElementType.Int8, [sbyte.MinValue, 0, sbyte.MaxValue]);
        Passes<byte>(ElementType.UInt8, [0, 1, 255]);
        Passes<ushort>(ElementType.UInt16, [0, 1, ushort.MaxValue]);
        Passes<uint>(ElementType.UInt32, [0, 1, uint.MaxValue]);
        Passes<ulong>(ElementType.UInt64, [0, 1, ulong.MaxValue]);
        Passes<bool>(ElementType.Bool, [true, false, true]);
    }

    [Fact]
    public void BFloat16_PassesThroughARun_AsBytes()
    {
        using var session = Ort.Session(SmallModels.Identity(ElementType.BFloat16));
        byte[] bytes = [0x80, 0x3F, 0x00, 0xC0, 0x7F, 0x7F];
        using var x = OrtTensor.OverBytes(bytes, ElementType.BFloat16, [1, 3]);
        using var y = session.Run([("x", x)], ["y"])[0];
        Assert.Equal(ElementType.BFloat16, y.Type);
        Assert.Equal(bytes, y.Bytes.ToArray());
        Assert.Equal(0x3F80, y.Span<ushort>()[0]);
    }

    [Fact]
    public void Over_SharesTheMemory()
    {
        var memory = new float[3];
        using var x = OrtTensor.Over<float>(memory, [1, 3]);
        using var session = Ort.Session(SmallModels.Identity(ElementType.Float));
        memory[1] = 7;
        Assert.Equal([0, 7, 0], Ort.Floats(session, "y", ("x", x)));
        x.Span<float>()[2] = 9;
        Assert.Equal(9, memory[2]);
    }

    [Fact]
    public void Over_AConstantAtAnOddAddress_ReadsItsValues()
    {
        var buffer = new byte[13];
        BitConverter.TryWriteBytes(buffer.AsSpan(1), 1f);
        BitConverter.TryWriteBytes(buffer.AsSpan(5), 2f);
        BitConverter.TryWriteBytes(buffer.AsSpan(9), 3f);
        using var x = OrtTensor.Over(new Tensor(ElementType.Float, [1, 3], buffer.AsMemory(1)));
        using var session = Ort.Session(SmallModels.Identity(ElementType.Float));
        Assert.Equal([1, 2, 3], Ort.Floats(session, "y", ("x", x)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void AConstant_IsReadButNeverWritten(int offset)
    {
        var bytes = new byte[12 + offset];
        BitConverter.TryWriteBytes(bytes.AsSpan(offset), 5f);
        using var x = OrtTensor.Over(new Tensor(ElementType.Float, [1, 3], bytes.AsMemory(offset)));
        using var from = OrtTensor.Allocate(ElementType.Float, [1, 3]);
        using var session = Ort.Session(SmallModels.Identity(ElementType.Float));
        Assert.True(x.IsReadOnly);
        Assert.False(from.IsReadOnly);
        Assert.Contains("read-only", Assert.Throws<InvalidOperationException>(() => x.Span<float>().Length).Message, StringComparison.Ordinal);
        Assert.Contains("output 'y'", Assert.Throws<ArgumentException>(() => session.RunInto([("x", from)], [("y", x)])).Message, StringComparison.Ordinal);
        Assert.Equal([5f, 0, 0], x.Values<float>().ToArray());
        session.RunInto([("x", x)], [("y", from)]);
        Assert.Equal([5f, 0, 0], from.Values<float>().ToArray());
    }

    [Fact]
    public void AnEmptyBatch_IsATensorToo()
    {
        using var x = OrtTensor.Over(Memory<float>.Empty, [0, 3]);
        using var session = Ort.Session(SmallModels.Identity(ElementType.Float));
        using var y = session.Run([("x", x)], ["y"])[0];
        Assert.Equal([0, 3], y.Dims.ToArray());
        Assert.Equal(0, y.Span<float>().Length);
    }

    [Fact]
    public void Allocate_IsZero_AndWritable()
    {
        using var x = OrtTensor.Allocate(ElementType.Float16, [2, 3]);
        Assert.Equal(new byte[12], x.Bytes.ToArray());
        x.Span<Half>()[5] = Half.One;
        Assert.Equal(Half.One, x.Span<Half>()[5]);
        Assert.Equal(6, x.Count);
    }

    [Fact]
    public void Span_RefusesAnotherType_NamingBoth()
    {
        using var session = Ort.Session(SmallModels.Identity(ElementType.Double));
        using var x = OrtTensor.Allocate(ElementType.Double, [1, 3]);
        using var y = session.Run([("x", x)], ["y"])[0];
        var error = Assert.Throws<AuditException>(() => y.Span<float>().Length);
        Assert.Equal("identity.onnx, output 'y': found Double elements; expected Float. Read the tensor as its own type, or use a model with the expected one.", error.Message);
        Assert.Equal(AuditCode.Invalid, error.Code);
    }

    [Fact]
    public void MemoryThatDoesNotFitTheShape_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => OrtTensor.Over<float>(new float[5], [2, 3]));
        Assert.Contains("Float [2,3] takes 24 bytes, got 20", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => OrtTensor.Over(Memory<float>.Empty, [2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => OrtTensor.Allocate(ElementType.Float, [-1]));
        Assert.Throws<ArgumentException>(() => OrtTensor.Allocate(ElementType.String, [1]));
        Assert.Throws<ArgumentException>(() => OrtTensor.Over<Guid>(new Guid[1], [1]));
    }

    [Fact]
    public void UseAfterDispose_NamesTheTensor()
    {
        var x = OrtTensor.Allocate(ElementType.Float, [1, 3]);
        using var session = Ort.Session(SmallModels.Identity(ElementType.Float));
        x.Dispose();
        x.Dispose();
        Assert.Contains("Float [1,3]", Assert.Throws<ObjectDisposedException>(() => session.Run([("x", x)], ["y"])).Message, StringComparison.Ordinal);
        Assert.Contains("Float [1,3]", Assert.Throws<ObjectDisposedException>(() => x.Bytes.Length).Message, StringComparison.Ordinal);
    }

    private static void Passes<T>(ElementType type, T[] values) where T : unmanaged
    {
        using var session = Ort.Session(SmallModels.Identity(type));
        using var x = OrtTensor.Over<T>(values, [1, 3]);
        using var y = session.Run([("x", x)], ["y"])[0];
        Assert.Equal(type, y.Type);
        Assert.Equal(values, y.Span<T>().ToArray());
        Assert.Equal(type, y.ToTensor().Type);
    }
}
