using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Onnx.DamagedModel;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Small files made to cost much time or memory.</summary>
public sealed class HostileSizeTests
{
    public static TheoryData<string> Explosions => ["pieces", "outputs", "outer outputs", "products"];

    // Each of these grew with the square of the file, or worse, before it was bounded.
    [Theory(Timeout = 20_000)]
    [MemberData(nameof(Explosions))]
    public async Task ModelsMadeToExplode_AreReadInTime(string kind)
    {
        var bytes = Bytes(m =>
        {
            switch (kind)
            {
                case "outputs": m.Graph.Node[0].Output.Add(Enumerable.Range(0, 100_000).Select(i => $"o{i}")); break;
                case "outer outputs":
                    m.Graph.Input.Add(Enumerable.Range(0, 100_000).Select(i => new ValueInfoProto { Name = $"i{i}" }));
                    m.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "body", Type = 5, G = new GraphProto { Output = { m.Graph.Input.Skip(1) } } });
                    break;
                case "products":
                    for (var i = 0; i < 200; i++) m.Graph.Node.Add(new NodeProto { OpType = "Mul", Input = { i == 0 ? "w" : $"p{i - 1}", i == 0 ? "w" : $"p{i - 1}" }, Output = { $"p{i}" } });
                    m.Graph.Output[0].Name = "p199";
                    break;
            }
        });
        if (kind == "pieces") bytes = [.. bytes, .. Enumerable.Repeat(new byte[] { 0x3a, 4, 0x72, 2, 0x0a, 0 }, 200_000).SelectMany(b => b)];
        var model = await Task.Run(() => OnnxReader.Read(bytes, kind));
        Assert.Null(await Task.Run(() => HeadFinder.Find(model).Head));
    }

    // Objects cost far more than the two bytes a field can take, so their number is bounded; lower bounds keep the test small.
    [Fact]
    public void TooManyNodesOrFields_AreRefused()
    {
        byte[] nodes = [.. Good(), 0x3a, 100, .. Enumerable.Repeat(new byte[] { 0x0a, 3, 0x22, 1, (byte)'A' }, 20).SelectMany(b => b)];
        byte[] fields = [.. Good(), .. Enumerable.Repeat(new byte[] { 0xa0, 0x38, 1 }, 200).SelectMany(b => b)];
        Assert.Contains("over 20 nodes", Refused(nodes, 1000, 20).Message, StringComparison.Ordinal);
        Assert.Contains("over 200 fields", Refused(fields, 200, 20).Message, StringComparison.Ordinal);
        Assert.Equal(21, OnnxReader.Read(nodes, "within the bounds").Graph.Nodes.Count);

        static AuditException Refused(byte[] bytes, int mostFields, int mostNodes) => Assert.Throws<AuditException>(() =>
            ModelReader.Read(new ReadContext("many", new ExternalFolder(null), mostFields, mostNodes), new WireBytes(bytes, 0)));
    }
}
