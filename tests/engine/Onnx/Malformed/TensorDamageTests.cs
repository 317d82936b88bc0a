using Google.Protobuf;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Onnx.DamagedModel;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Dense weights whose data and description disagree.</summary>
public sealed class TensorDamageTests
{
    private static readonly DamagedModel[] Corpus =
    [
        new("negative dimension", "no negative dimension", () => Weight(w => w.Dims[0] = -1)),
        new("overflowing dimensions", "fewer than 2^63", () => Weight(w => w.Dims.Add([1L << 40, 1L << 40]))),
        new("dimensions that overflow behind a zero", "fewer than 2^63", () => Weight(w => { w.Dims.Clear(); w.Dims.Add([0, 1L << 40, 1L << 40]); w.ClearRawData(); })),
        new("dimensions that overflow to zero", "fewer than 2^63", () =>
            Weight(w => { w.Dims.Clear(); w.Dims.Add([1L << 32, 1L << 32]); w.ClearRawData(); })),
        new("more elements than bytes", "8 bytes of raw_data", () => Weight(w => w.Dims[0] = 3)),
        new("fewer elements than bytes", "8 bytes of raw_data", () => Weight(w => w.Dims[0] = 1)),
        new("a terabyte claimed", "at most 2147483647 bytes", () => Weight(w => w.Dims[0] = 1L << 38)),
        new("no data", "0 entries in float_data", () => Weight(w => w.ClearRawData())),
        new("unknown element type", "element type 99", () => Weight(w => w.DataType = 99)),
        new("no element type", "element type 0", () => Weight(w => w.ClearDataType())),
        new("negative element type", "element type -3", () => Weight(w => w.DataType = -3)),
        new("data in two fields", "both raw_data and float_data", () => Weight(w => w.FloatData.Add([1, 2]))),
        new("data in the wrong field", "int64_data", () => Weight(w => { w.ClearRawData(); w.Int64Data.Add([1, 2]); })),
        new("too few floats", "1 entries in float_data", () => Weight(w => { w.ClearRawData(); w.FloatData.Add(1); })),
        new("a byte out of range", "300 in int32_data", () => Weight(w => { w.ClearRawData(); w.DataType = 3; w.Int32Data.Add([300, 0]); })),
        new("raw strings", "string_data for String", () => Weight(w => w.DataType = 8)),
        new("too few strings", "1 strings", () => Weight(w => { w.ClearRawData(); w.DataType = 8; w.StringData.Add(ByteString.Empty); })),
        new("segment", "a segment of a tensor", () => Weight(w => w.Segment = new TensorProto.Types.Segment { Begin = 0, End = 1 })),
        new("initializer without a name", "initializer without a name", () => Weight(w => w.ClearName())),
        new("ragged packed floats", "entries in float_data", () => WithTensor([0x08, 2, 0x10, 1, 0x42, 1, (byte)'v', 0x22, 7, 0, 0, 0, 0, 0, 0, 0])),
        new("a number cut off in packed data", "a cut-off number in int64_data", () =>
            WithTensor([0x08, 1, 0x10, 7, 0x42, 1, (byte)'v', 0x3a, 2, 1, 0x80])),
        new("a number cut off in packed dimensions", "a cut-off number", () => WithTensor([0x0a, 2, 1, 0x80, 0x10, 7, 0x42, 1, (byte)'v'])),
    ];

    public static TheoryData<string> Cases => [.. Corpus.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void MalformedModel_IsInvalidAndSaysWhy(string name) => Corpus.First(c => c.Name == name).IsRefused();

    [Fact]
    public void NaNWeights_AreData()
    {
        var model = OnnxReader.Read(Weight(w =>
            w.RawData = ByteString.CopyFrom([.. BitConverter.GetBytes(float.NaN), .. BitConverter.GetBytes(float.NegativeInfinity)])),
                "nan.onnx");
        Assert.Equal([float.NaN, float.NegativeInfinity], model.Graph.Find("w")!.Initializer!.Span<float>().ToArray());
    }

    // A second graph field is merged into the first: it adds an initializer of these very bytes.
    private static byte[] WithTensor(byte[] tensor) => [.. Good(), 0x3a, (byte)(tensor.Length + 2), 0x2a, (byte)tensor.Length, .. tensor];
}
