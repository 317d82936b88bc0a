using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Graphs;

public class TensorFloatsTests
{
    [Theory]
    [InlineData(ElementType.Int8, new byte[] { 0, 1, 127, 128, 255 }, new float[] { 0, 1, 127, -128, -1 })]
    [InlineData(ElementType.UInt8, new byte[] { 0, 255 }, new float[] { 0, 255 })]
    [InlineData(ElementType.Bool, new byte[] { 0, 1 }, new float[] { 0, 1 })]
    [InlineData(ElementType.Int16, new byte[] { 0xff, 0xff, 0, 0x80 }, new float[] { -1, -32768 })]
    [InlineData(ElementType.UInt16, new byte[] { 0xff, 0xff }, new float[] { 65535 })]
    [InlineData(ElementType.Int32, new byte[] { 0xfe, 0xff, 0xff, 0xff }, new float[] { -2 })]
    [InlineData(ElementType.UInt32, new byte[] { 0, 0, 0, 0x80 }, new float[] { 2147483648f })]
    [InlineData(ElementType.Int64, new byte[] { 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, new float[] { -3 })]
    [InlineData(ElementType.UInt64, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x80 }, new float[] { 9223372036854775808f })]
    [InlineData(ElementType.Float, new byte[] { 0, 0, 0x80, 0x3f }, new float[] { 1 })]
    [InlineData(ElementType.Double, new byte[] { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f }, new float[] { 1 })]
    [InlineData(ElementType.Float16, new byte[] { 0, 0x3c, 0, 0xc0 }, new float[] { 1, -2 })]
    [InlineData(ElementType.BFloat16, new byte[] { 0x80, 0x3f, 0, 0xc0 }, new float[] { 1, -2 })]
    [InlineData(ElementType.UInt4, new byte[] { 0x21, 0x0f }, new float[] { 1, 2, 15 })]
    [InlineData(ElementType.Int4, new byte[] { 0x87, 0x0f }, new float[] { 7, -8, -1 })]
    [InlineData(ElementType.UInt2, new byte[] { 0b11_10_01_00, 0b10 }, new float[] { 0, 1, 2, 3, 2 })]
    [InlineData(ElementType.Int2, new byte[] { 0b11_10_01_00 }, new float[] { 0, 1, -2, -1 })]
    [InlineData(ElementType.Float4E2M1, new byte[] { 0x10, 0x32, 0x54, 0x76, 0xf9 }, new float[] { 0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0.5f, -6 })]
    [InlineData(ElementType.Float8E4M3FN, new byte[] { 0x38, 0x7e, 0x01, 0xff, 0xb8 }, new float[] { 1, 448, 0.001953125f, float.NaN, -1 })]
    [InlineData(ElementType.Float8E4M3FNUZ, new byte[] { 0x40, 0x7f, 0x01, 0x80 }, new float[] { 1, 240, 0.0009765625f, float.NaN })]
    [InlineData(ElementType.Float8E5M2, new byte[] { 0x3c, 0x7b, 0x01, 0x7c, 0xfc, 0x7f }, new float[] { 1, 57344, 1.52587890625e-05f, float.PositiveInfinity, float.NegativeInfinity, float.NaN })]
    [InlineData(ElementType.Float8E5M2FNUZ, new byte[] { 0x40, 0x7f, 0x01, 0x80 }, new float[] { 1, 57344, 7.62939453125e-06f, float.NaN })]
    [InlineData(ElementType.Float8E8M0, new byte[] { 127, 128, 0, 255 }, new float[] { 1, 2, 5.877471754111438e-39f, float.NaN })]
    public void Elements_AreTheFormatsOwnNumbers(ElementType type, byte[] bytes, float[] expected) =>
        Assert.Equal(expected, new Tensor(type, [expected.Length], bytes).ToFloats());

    [Fact]
    public void StringsAndComplexNumbers_HaveNoFloatForm()
    {
        Assert.Throws<InvalidOperationException>(() => new Tensor([0], []).ToFloats());
        Assert.Throws<InvalidOperationException>(() => new Tensor(ElementType.Complex64, [1], new byte[8]).ToFloats());
    }
}
