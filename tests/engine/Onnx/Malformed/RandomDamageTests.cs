using Google.Protobuf;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Onnx.DamagedModel;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Damage without a plan: the outcome is a model or an error of code Invalid, never another error.</summary>
public sealed class RandomDamageTests
{
    // Whatever a flipped, inserted or dropped byte makes of a model, the outcome is a model or an AuditException, never another error.
    [Fact]
    public void RandomDamage_NeverEscapesAsAnotherError()
    {
        var random = new Random(99);
        var wholes = Enumerable.Range(0, 40).Select(seed => new GeneratedModels(seed, unknownFields: seed % 2 == 0).Model().ToByteArray()).ToArray();
        var refused = 0;
        for (var round = 0; round < 4000; round++)
        {
            var bytes = wholes[round % wholes.Length].ToList();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(3))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes.Insert(at, (byte)random.Next(256)); break;
                    default: bytes.RemoveAt(at); break;
                }
            }

            if (!Survives([.. bytes])) refused++;
        }

        Assert.True(refused > 1000, $"{refused} refused");
    }

    // The same for what reads models further: a damaged head is found or not, but never an error of another kind.
    [Fact]
    public void RandomDamageOfHeads_NeverEscapesAsAnotherError()
    {
        var random = new Random(7);
        var found = 0;
        foreach (var name in HeadForms.Names)
        {
            var whole = OnnxWriter.ToBytes(HeadForms.Build(name).Model);
            for (var round = 0; round < 150; round++)
            {
                var bytes = whole.ToArray();
                for (var hits = random.Next(1, 4); hits > 0; hits--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                try
                {
                    var model = OnnxReader.Read(bytes, "damaged");
                    if (HeadFinder.Find(model).Head is not { } head) continue;
                    head.Expose(model);
                    found++;
                }
                catch (AuditException e) when (e.Code == AuditCode.Invalid)
                {
                    continue;
                }
            }
        }

        Assert.True(found > 300, $"{found} found");
    }
}
