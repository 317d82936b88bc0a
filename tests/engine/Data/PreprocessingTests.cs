using OnnxAudit.Data;

namespace OnnxAudit.Tests.Data;

public sealed class PreprocessingTests
{
    private const string Settings = """{"normalisation": {"mean": [0.5, 0.25, 0.1], "std": [1, 0.5, 0.2]}, "resize": 40, "crop": 32, "channel_order": "BGR", "classes": ["a", "b"], "colour": 3}""";

    [Fact]
    public void Settings_ComeFromTheFile_ThenTheMetadata_ThenTheNeighbour()
    {
        using var written = new Written();
        var model = written.Text("m.onnx", "");
        var metadata = new Dictionary<string, string>();
        Assert.Null(Preprocessing.Find(null, metadata, model));
        written.Text("m.json", """{"normalisation": {"mean": [3], "std": [1]}}""");
        Assert.Equal([3], Preprocessing.Resolve(null, metadata, model).Mean!);
        metadata[Preprocessing.MetadataKey] = """{"normalisation": {"mean": [2], "std": [1]}}""";
        Assert.Equal([2], Preprocessing.Resolve(null, metadata, model).Mean!);
        var file = written.Text("p.json", """{"normalisation": {"mean": [1], "std": [1]}}""");
        var settings = Preprocessing.Resolve(file, metadata, model);
        Assert.Equal([1], settings.Mean!);
        Assert.Equal(file, settings.Source);
    }

    [Fact]
    public void NoSettings_IsAnError_ThatSaysWhatToGive()
    {
        using var written = new Written();
        var error = Assert.Throws<AuditException>(() => Preprocessing.Resolve(null, new Dictionary<string, string>(), written["m.onnx"]));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains("--preprocess FILE, metadata 'onnxaudit.preprocess' or m.json beside the model", error.Expected);
        Assert.Contains("float arrays need none", error.Fix);
    }

    [Fact]
    public void EveryKey_IsRead_AndUnknownOnesAreReported()
    {
        var settings = Preprocessing.Parse(Settings, "here");
        Assert.Equal([0.5f, 0.25f, 0.1f], settings.Mean!);
        Assert.Equal([1, 0.5f, 0.2f], settings.Std!);
        Assert.Equal((40, 32, ChannelOrder.Bgr, "NCHW"), (settings.Resize, settings.Crop, settings.Channels, settings.Layout));
        Assert.Equal(["a", "b"], settings.Classes!);
        Assert.Equal(["colour"], settings.UnknownKeys);
        var lines = string.Join('\n', settings.Describe());
        Assert.Contains("mean 0.5 0.25 0.1, std 1 0.5 0.2", lines);
        Assert.Contains("layout NCHW, channels BGR, resize 40, crop 32", lines);
        Assert.Contains("keys not used: colour", lines);
    }

    [Fact]
    public void UnknownKeys_NameThoseInsideNormalisation() =>
        Assert.Equal(["colour", "normalisation.stds"],
            Preprocessing.Parse("""{"normalisation": {"mean": [0.5], "stds": [0.2]}, "colour": 1}""", "here").UnknownKeys);

    [Fact]
    public void Json_ReadsBackAsTheSameSettings()
    {
        var settings = Preprocessing.Parse(Settings, "here");
        var again = Preprocessing.Parse(settings.ToJson(), "here");
        Assert.Equal(settings.ToJson(), again.ToJson());
        Assert.Equal(settings.Mean, again.Mean);
        Assert.Equal("""{"normalisation":null,"layout":"NCHW","channel_order":"RGB"}""", new Preprocessing { Source = "x" }.ToJson());
        Assert.Null(Preprocessing.Parse("""{"normalisation": null}""", "x").Mean);
    }

    [Theory]
    [InlineData("[]", "an object")]
    [InlineData("{", "well-formed JSON")]
    [InlineData("{}", "mean and std per channel")]
    [InlineData("""{"normalisation": {"means": [0.5], "stds": [0.2]}}""", "mean and std per channel")]
    [InlineData("""{"normalisation": {"mean": [], "std": []}}""", "mean and std per channel")]
    [InlineData("""{"normalisation": {}}""", "mean and std per channel")]
    [InlineData("""{"normalisation": {"mean": [1, 2], "std": [1]}}""", "one of each per channel")]
    [InlineData("""{"normalisation": {"mean": [1], "std": [0]}}""", "positive values")]
    [InlineData("""{"normalisation": {"mean": ["1"], "std": [1]}}""", "a finite number")]
    [InlineData("""{"normalisation": {"mean": [1e300], "std": [1]}}""", "finite values")]
    [InlineData("""{"normalisation": null, "layout": "CHWN"}""", "\"NCHW\" or \"NHWC\"")]
    [InlineData("""{"normalisation": null, "input": {"layout": "NDHW"}}""", "\"NCHW\" or \"NHWC\"")]
    [InlineData("""{"normalisation": null, "channel_order": "GBR"}""", "\"RGB\" or \"BGR\"")]
    [InlineData("""{"normalisation": null, "crop": 0}""", "a whole number from 1 to 16384")]
    [InlineData("""{"normalisation": null, "classes": []}""", "one name per class")]
    [InlineData("""{"normalisation": null, "classes": ["a", "a"]}""", "different names")]
    [InlineData("""{"normalisation": null, "classes": ["a", "\ud800"]}""", "whole Unicode characters")]
    public void BadSettings_AreErrors_ThatNameThePlace(string json, string expected)
    {
        var error = Assert.Throws<AuditException>(() => Preprocessing.Parse(json, "p.json"));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.StartsWith("p.json", error.Where);
        Assert.Contains(expected, error.Expected);
    }

    [Fact]
    public void OtherChannelCounts_AreAnError_BeforeAnythingIsRead()
    {
        using var dataset = DataSpec.Open("synthetic:shapes", new DataOptions());
        var grey = Preprocessing.Parse("""{"normalisation": {"mean": [0.2], "std": [0.3]}}""", "grey.json");
        var error = Assert.Throws<AuditException>(() => BatchStream.Over(dataset, grey, 4));
        Assert.Contains("values for 1 channels", error.Found);
    }
}
