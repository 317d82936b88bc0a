using OnnxAudit.Graphs;
using OnnxAudit.Onnx;
using OnnxAudit.Runtime;

namespace OnnxAudit.Tests.Runtime;

public class OrtSessionTests
{
    [Fact]
    public void ASession_DeclaresItsValues()
    {
        using var session = Ort.Session(SmallModels.LiveWeight());
        Assert.Equal("x", Assert.Single(session.Inputs).Name);
        Assert.Equal("Float [n,2]", $"{session.Inputs[0]}");
        Assert.Equal("Float [n,2]", $"{Assert.Single(session.Outputs)}");
        Assert.Equal("w", Assert.Single(session.OverridableInitializers).Name);
        Assert.Equal("Float [2,2]", $"{session.OverridableInitializers[0]}");
    }

    [Fact]
    public void Metadata_IsTheModels()
    {
        var model = SmallModels.Identity(ElementType.Float);
        model.SetMetadata("colour", "grün");
        model.SetMetadata("empty", "");
        using var session = Ort.Session(model);
        Assert.Equal("tests", session.Metadata.Producer);
        Assert.Equal("identity", session.Metadata.GraphName);
        Assert.Equal(new Dictionary<string, string> { ["colour"] = "grün", ["empty"] = "" }, session.Metadata.Custom);
    }

    [Fact]
    public void AnOverridableInitializer_TakesTheGivenValue_AndItsOwnWithoutOne()
    {
        using var session = Ort.Session(SmallModels.LiveWeight());
        using var x = OrtTensor.Over<float>(new float[] { 1, 10 }, [1, 2]);
        using var w = OrtTensor.Over<float>(new float[] { 0, 1, 1, 0 }, [2, 2]);
        Assert.Equal([31, 42], Ort.Floats(session, "y", ("x", x)));
        Assert.Equal([10, 1], Ort.Floats(session, "y", ("x", x), ("w", w)));
        Assert.Equal([31, 42], Ort.Floats(session, "y", ("x", x)));
    }

    [Fact]
    public void RunInto_WritesTheGivenTensor()
    {
        using var session = Ort.Session(SmallModels.LiveWeight());
        using var x = OrtTensor.Over<float>(new float[] { 1, 10 }, [1, 2]);
        var memory = new float[2];
        using var y = OrtTensor.Over<float>(memory, [1, 2]);
        session.RunInto([("x", x)], [("y", y)]);
        Assert.Equal([31, 42], memory);
    }

    [Fact]
    public void RunInto_RefusesATensorOfAnotherShape()
    {
        using var session = Ort.Session(SmallModels.LiveWeight());
        using var x = OrtTensor.Allocate(ElementType.Float, [1, 2]);
        using var declared = OrtTensor.Allocate(ElementType.Float, [1, 3]);
        using var made = OrtTensor.Allocate(ElementType.Float, [4, 2]);
        var error = Assert.Throws<AuditException>(() => session.RunInto([("x", x)], [("y", declared)]));
        Assert.Equal("live.onnx, output 'y': found Float [1,3]; expected Float [n,2]. Give a tensor of the declared type and shape.", error.Message);
        error = Assert.Throws<AuditException>(() => session.RunInto([("x", x)], [("y", made)]));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.StartsWith("live.onnx", error.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownNames_AreRefused_ListingTheKnownOnes()
    {
        using var session = Ort.Session(SmallModels.LiveWeight());
        using var x = OrtTensor.Allocate(ElementType.Float, [1, 2]);
        var error = Assert.Throws<AuditException>(() => session.Run([("image", x)], ["y"]));
        Assert.Equal("live.onnx: found no input 'image'; expected one of 'x', 'w'. Use the model's own names.", error.Message);
        error = Assert.Throws<AuditException>(() => session.Run([("x", x)], ["logits"]));
        Assert.Equal("live.onnx: found no output 'logits'; expected one of 'y'. Use the model's own names.", error.Message);
        Assert.Equal(AuditCode.Usage, error.Code);
    }

    [Fact]
    public void AMissingOrDoubleInput_IsRefused()
    {
        using var session = Ort.Session(SmallModels.LiveWeight());
        using var x = OrtTensor.Allocate(ElementType.Float, [1, 2]);
        using var w = OrtTensor.Allocate(ElementType.Float, [2, 2]);
        var error = Assert.Throws<AuditException>(() => session.Run([("w", w)], ["y"]));
        Assert.Equal("live.onnx, input 'x': found no value; expected Float [n,2]. Give every input of the model.", error.Message);
        error = Assert.Throws<AuditException>(() => session.Run([("x", x), ("x", x)], ["y"]));
        Assert.Equal("live.onnx, input 'x': found two values; expected one. Give every input once.", error.Message);
    }

    [Fact]
    public void AWrongTypeOrShape_IsRefused_BeforeTheRun()
    {
        using var session = Ort.Session(SmallModels.LiveWeight());
        using var type = OrtTensor.Allocate(ElementType.Double, [1, 2]);
        using var size = OrtTensor.Allocate(ElementType.Float, [1, 3]);
        using var rank = OrtTensor.Allocate(ElementType.Float, [2]);
        foreach (var (tensor, found) in new[] { (type, "Double [1,2]"), (size, "Float [1,3]"), (rank, "Float [2]") })
        {
            var error = Assert.Throws<AuditException>(() => session.Run([("x", tensor)], ["y"]));
            Assert.Equal($"live.onnx, input 'x': found {found}; expected Float [n,2]. Give a tensor of the declared type and shape.", error.Message);
            Assert.Equal(AuditCode.Invalid, error.Code);
        }
    }

    [Fact]
    public void AFailingRun_NamesModelAndNode_AndKeepsTheMessage()
    {
        using var session = Ort.Session(SmallModels.Reshape());
        using var x = OrtTensor.Allocate(ElementType.Float, [4]);
        using var shape = OrtTensor.Over<long>(new long[] { 3, 3 }, [2]);
        var error = Assert.Throws<AuditException>(() => session.Run([("x", x), ("shape", shape)], ["y"]));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Equal("reshape.onnx, node 'shape-it'", error.Where);
        Assert.Contains("cannot be reshaped", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownOperator_NamesModelAndNode()
    {
        var graph = new Graph("odd");
        var x = SmallModels.Input(graph, "x", ElementType.Float, 1);
        graph.AddNode("NoSuchOperator", [x], [SmallModels.Output(graph, "y", ElementType.Float, 1)], "strange");
        var error = Assert.Throws<AuditException>(() => Ort.Session(SmallModels.Wrap(graph, "odd.onnx")));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Equal("odd.onnx, node 'strange'", error.Where);
        Assert.Contains("NoSuchOperator", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void BytesThatAreNoModel_AreAnError()
    {
        foreach (var bytes in new byte[][] { [], [1, 2, 3, 4, 5], new byte[1000] })
        {
            var error = Assert.Throws<AuditException>(() => OrtSession.FromMemory(Ort.Library, bytes, "junk.onnx", new SessionSettings()));
            Assert.Equal(AuditCode.Invalid, error.Code);
            Assert.StartsWith("junk.onnx", error.Where, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AMissingFile_IsAnError_NamingIt()
    {
        var error = Assert.Throws<AuditException>(() => OrtSession.FromFile(Ort.Library, "/nowhere/none.onnx", new SessionSettings()));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Equal("/nowhere/none.onnx", error.Where);
    }

    [Fact]
    public void UseAfterDispose_NamesTheSession()
    {
        var session = Ort.Session(SmallModels.LiveWeight());
        using var x = OrtTensor.Allocate(ElementType.Float, [1, 2]);
        session.Dispose();
        session.Dispose();
        var error = Assert.Throws<ObjectDisposedException>(() => session.Run([("x", x)], ["y"]));
        Assert.Contains("live.onnx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OneSession_RunsOnSeveralThreads()
    {
        using var session = Ort.Session(SmallModels.LiveWeight());
        Parallel.For(0, 4, thread =>
        {
            var memory = new float[2];
            using var x = OrtTensor.Over<float>(memory, [1, 2]);
            for (var i = 0; i < 500; i++)
            {
                (memory[0], memory[1]) = (thread, i);
                Assert.Equal([thread + (3 * i), (2 * thread) + (4 * i)], Ort.Floats(session, "y", ("x", x)));
            }
        });
    }

    [Fact]
    public async Task Dispose_DuringARun_LetsTheRunEnd()
    {
        var session = Ort.Session(SmallModels.LongChain(256, 60));
        var ones = new float[256 * 256];
        Array.Fill(ones, 1);
        using var x = OrtTensor.Over<float>(ones, [256, 256]);
        using var started = new ManualResetEventSlim();
        var run = Task.Run(() =>
        {
            started.Set();
            return Ort.Floats(session, "y", ("x", x));
        });
        started.Wait();
        Thread.Sleep(5);
        session.Dispose();
        try
        {
            Assert.InRange((await run)[0], 0.99f, 1.01f);
        }
        catch (ObjectDisposedException e)
        {
            // On a busy machine the disposal may come first; then the run says so.
            Assert.Contains("chain.onnx", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ARun_EndsEarly_WhenCancelled()
    {
        // 1,200 products of about 1.5 ms on one thread or more: the cancellation comes long before the end.
        using var session = Ort.Session(SmallModels.LongChain(384, 1200));
        using var x = OrtTensor.Allocate(ElementType.Float, [384, 384]);
        using var source = new CancellationTokenSource(50);
        var error = Assert.Throws<OperationCanceledException>(() => session.Run([("x", x)], ["y"], source.Token));
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.Throws<OperationCanceledException>(() => session.Run([("x", x)], ["y"], new CancellationToken(true)));
    }

    [Fact]
    public void ACancelledRun_LeavesTheSessionUsable()
    {
        using var session = Ort.Session(SmallModels.LiveWeight());
        using var x = OrtTensor.Over<float>(new float[] { 1, 10 }, [1, 2]);
        using var source = new CancellationTokenSource();
        using var y = session.Run([("x", x)], ["y"], source.Token)[0];
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => session.Run([("x", x)], ["y"], source.Token));
        Assert.Equal([31, 42], Ort.Floats(session, "y", ("x", x)));
    }

    [SkippableFact]
    public void Logits_AgreeWithThePyTorchOracle()
    {
        using var session = OrtSession.FromFile(Ort.Library, SharedData.Require("models/lenet5_fmnist.onnx"), new SessionSettings());
        var images = NpyArray.Read(SharedData.Require("inputs/fmnist_inputs200.npy"));
        var oracle = NpyArray.Read(SharedData.Require("oracles/lenet5_fmnist/logits.npy"));
        using var x = OrtTensor.Over<float>(images.Values, images.Dims);
        Assert.InRange(Ort.LargestDifference(oracle.Values, Ort.Floats(session, "logits", ("input", x))), 0, 5e-5f);
    }

    [SkippableFact]
    public void FromMemory_AndFromFile_Agree()
    {
        var path = SharedData.Require("models/resnet20_cifar10_dense.onnx");
        using var fromFile = OrtSession.FromFile(Ort.Library, path, new SessionSettings());
        using var fromMemory = OrtSession.FromMemory(Ort.Library, File.ReadAllBytes(path), "dense", new SessionSettings());
        using var rewritten = Ort.Session(OnnxReader.Read(path));
        var images = NpyArray.Read(SharedData.Require("inputs/cifar10_inputs200.npy"));
        using var x = OrtTensor.Over<float>(images.Values, images.Dims);
        var logits = Ort.Floats(fromFile, "logits", ("input", x));
        Assert.Equal(logits, Ort.Floats(fromMemory, "logits", ("input", x)));
        Assert.Equal(logits, Ort.Floats(rewritten, "logits", ("input", x)));
    }
}
