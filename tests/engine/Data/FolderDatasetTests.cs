using OnnxAudit.Data;
using OnnxAudit.Files;

namespace OnnxAudit.Tests.Data;

public sealed class FolderDatasetTests
{
    private static readonly Preprocessing Fit = new() { Source = "test", Resize = 12, Crop = 10 };

    [SkippableFact]
    public void Folders_AreClassesInOrdinalOrder_AndOtherFilesAreNoted()
    {
        using var written = Pictures();
        using var dataset = DataSpec.Open($"folder:{written.Folder}", new DataOptions());
        Assert.Equal(["Zebra", "ant"], dataset.Classes);
        Assert.Equal([0, 1, 1], dataset.Labels.ToArray());
        Assert.Equal(new ImageShape(3, 15, 22), dataset.Shape);
        Assert.Contains(dataset.Notes, n => n.Contains("notes.txt"));
        Assert.Contains(dataset.Notes, n => n.Contains("readme.md"));
        var pixels = new byte[dataset.Shape.Count];
        dataset.ReadPixels(1, pixels);
        Assert.Equal(NpyFile.Read(ImageFileTests.Oracle("colour.npy")).Data.ToArray(), pixels);
    }

    [SkippableFact]
    public void Names_TakeTheSettingsLabels()
    {
        using var written = Pictures();
        var settings = Fit with { Classes = ["ant", "bee", "Zebra"] };
        using var dataset = DataSpec.Open($"folder:{written.Folder}", new DataOptions { Preprocessing = settings });
        Assert.Equal([2, 0, 0], dataset.Labels.ToArray());
        Assert.Equal(new ImageShape(3, 10, 10), dataset.Shape);
        var error = Assert.Throws<AuditException>(() =>
            DataSpec.Open($"folder:{written.Folder}", new DataOptions { Preprocessing = Fit with { Classes = ["ant", "bee"] } }));
        Assert.Contains("class folder 'Zebra'", error.Found);
    }

    [SkippableFact]
    public void OneChannelModels_GetGreyPixels()
    {
        using var written = Pictures();
        var settings = new Preprocessing { Source = "test", Mean = [0.5f], Std = [1] };
        using var dataset = DataSpec.Open($"folder:{written.Folder}", new DataOptions { Preprocessing = settings });
        Assert.Equal(new ImageShape(1, 15, 22), dataset.Shape);
    }

    [SkippableFact]
    public void Splits_AreSubfolders()
    {
        using var written = Pictures();
        Directory.CreateDirectory(written["val/only"]);
        File.Copy(ImageFileTests.Oracle("colour.png"), written["val/only/a.PNG"]);
        using var dataset = DataSpec.Open($"folder:{written.Folder}#val", new DataOptions());
        Assert.Equal(["only"], dataset.Classes);
        Assert.EndsWith("-val", dataset.Id);
    }

    [SkippableFact]
    public void OtherSizes_AreAnError_UnlessResizedAndCropped()
    {
        ImageFileTests.RequireLibraries();
        using var written = new Written();
        Directory.CreateDirectory(written["a"]);
        File.Copy(ImageFileTests.Oracle("colour.png"), written["a/0.png"]);
        written.Bytes("a/1.png", Written.Png(4, 9, new byte[9 * 5]));
        using var plain = DataSpec.Open($"folder:{written.Folder}", new DataOptions());
        var error = Assert.Throws<AuditException>(() => plain.ReadPixels(1, new byte[plain.Shape.Count]));
        Assert.Contains("1.png, record 1", error.Where);
        Assert.Contains("'resize' and 'crop'", error.Fix);
        using var fitted = DataSpec.Open($"folder:{written.Folder}", new DataOptions { Preprocessing = Fit });
        fitted.ReadPixels(1, new byte[fitted.Shape.Count]);
    }

    [Fact]
    public void MissingLibrary_IsAnEnvironmentError_NamingThePackage()
    {
        var missing = new SystemLibrary("onnxaudit-none", "reading nothing", "libnone0", ["libonnxaudit-none.so.0"]);
        var error = Assert.Throws<AuditException>(() => missing.Require());
        Assert.Equal(AuditCode.Environment, error.Code);
        Assert.Contains("libonnxaudit-none.so.0", error.Found);
        Assert.Contains("apt-get install libnone0", error.Fix);
        Assert.False(missing.IsPresent);
        Assert.Equal(("libpng16-16", "libturbojpeg0", "liblz4-1"), (SystemLibrary.Png.Package, SystemLibrary.TurboJpeg.Package, SystemLibrary.Lz4.Package));
    }

    private static Written Pictures()
    {
        ImageFileTests.RequireLibraries();
        var written = new Written();
        Directory.CreateDirectory(written["Zebra"]);
        Directory.CreateDirectory(written["ant"]);
        File.Copy(ImageFileTests.Oracle("half_chroma.jpg"), written["Zebra/0.jpeg"]);
        File.Copy(ImageFileTests.Oracle("colour.png"), written["ant/b.png"]);
        File.Copy(ImageFileTests.Oracle("grey.png"), written["ant/c.jpg"]); // the bytes say what it is, not the name
        written.Text("ant/notes.txt", "none");
        written.Text("readme.md", "none");
        return written;
    }
}
