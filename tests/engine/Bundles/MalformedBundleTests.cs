using System.Text;
using OnnxAudit.Bundles;
using OnnxAudit.Data;
using OnnxAudit.Files;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Bundles;

/// <summary>Damaged bundles: each is an error of code Invalid (exit 3) that names the file.</summary>
public class MalformedBundleTests
{
    private const string Cell = "cells/dense--clean--cpu/";

    private static readonly Dictionary<string, (string Names, Action<TemporaryFolder> Damage)> Corpus = new()
    {
        ["no manifest"] = ("manifest.json", f => File.Delete(f.In("manifest.json"))),
        ["empty manifest"] = ("manifest.json", f => File.WriteAllText(f.In("manifest.json"), "")),
        ["manifest cut"] = ("manifest.json", f => Truncate(f.In("manifest.json"))),
        ["manifest of another schema"] = ("manifest.json", f => Replace(f, "manifest.json", "onnxaudit.bundle/1", "onnxaudit.bundle/9")),
        ["manifest nested 1000 deep"] = ("manifest.json", f => File.WriteAllText(f.In("manifest.json"), new string('[', 1000))),
        ["manifest is a list"] = ("manifest.json", f => File.WriteAllText(f.In("manifest.json"), "[]")),
        ["manifest with a key twice"] = ("manifest.json", f => Replace(f, "manifest.json", "\"device\": \"cpu\",\n  \"threads\"", "\"batch\": 1,\n  \"threads\"")),
        ["manifest text with half a character"] = ("manifest.json", f => Replace(f, "manifest.json", "\"device\": \"cpu\"", "\"device\": \"\\ud800\"")),
        ["manifest field of another kind"] = ("manifest.json", f => Replace(f, "manifest.json", "\"threads\": 2", "\"threads\": \"two\"")),
        ["manifest edited"] = ("manifest.json", f => Replace(f, "manifest.json", "\"threads\": 2", "\"threads\": 4")),
        ["manifest reformatted"] = ("manifest.json", f => Replace(f, "manifest.json", "\n", "\r\n")),
        ["digest of zeros"] = ("manifest.json", f => File.WriteAllText(f.In("manifest.json"),
            System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(f.In("manifest.json")), "\"digest\": \"[0-9a-f]*\"", $"\"digest\": \"{new string('0', 64)}\""))),
        ["file table without digest"] = ("manifest.json", f => File.WriteAllText(f.In("manifest.json"),
            System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(f.In("manifest.json")), "\"digest\": \"[0-9a-f]*\"", "\"digest\": null"))),
        ["cell id that leaves the folder"] = ("manifest.json", f => Replace(f, "manifest.json", "\"id\": \"dense--clean--cpu\"", "\"id\": \"../../etc\"")),
        ["suite id that leaves the folder"] = ("manifest.json", f => Replace(f, "manifest.json", "\"clean\"", "\"../clean\"")),
        ["two cells of one id"] = ("manifest.json", f => Replace(f, "manifest.json", "\"id\": \"dense--fog-3--cpu\"", "\"id\": \"DENSE--clean--cpu\"")),
        ["count beyond 32 bits"] = ("manifest.json", f => Replace(f, "manifest.json", "\"count\": 100", "\"count\": 99999999999")),
        ["models.json missing"] = ("models.json", f => File.Delete(f.In("models.json"))),
        ["models.json edited"] = ("models.json", f => File.AppendAllText(f.In("models.json"), " ")),
        ["cell.json missing"] = ("cell.json", f => File.Delete(f.In(Cell + "cell.json"))),
        ["cell.json edited"] = ("cell.json", f => Replace(f, Cell + "cell.json", "\"accuracy\": 0.", "\"accuracy\": 1.")),
        ["cell.json edited with its marker"] = ("cell.json", f => Edit(f, "\"accuracy\": 0.", "\"accuracy\": 1.")),
        ["cell.json of another cell"] = ("cell.json", f => Edit(f, "\"variant\": \"dense\"", "\"variant\": \"other\"")),
        ["cell.json with other rows than samples"] = ("cell.json", f => Edit(f, "100,\n        4", "99,\n        4")),
        ["cell.json with a column outside"] = ("cell.json", f => Edit(f, "\"name\": \"correct\"", "\"name\": \"../../../correct\"")),
        ["cell.json with an unknown type"] = ("cell.json", f => Edit(f, "|u1", "<c8")),
        ["cell.json with a negative dimension"] = ("cell.json", f => Edit(f, "100,\n        4", "100,\n        -4")),
        ["marker missing"] = ("cell.json", f => File.Delete(f.In("done/dense--clean--cpu"))),
        ["marker of another cell"] = ("cell.json", f => File.Copy(f.In("done/dense--fog-3--cpu"), f.In("done/dense--clean--cpu"), overwrite: true)),
        ["timing.json missing"] = ("timing.json", f => File.Delete(f.In(Cell + "timing.json"))),
        ["timing.json damaged"] = ("timing.json", f => File.WriteAllText(f.In(Cell + "timing.json"), "{\"schema\": \"onnxaudit.timing/1\"")),
        ["column missing"] = ("logits.npy.lz4", f => File.Delete(f.In(Cell + "logits.npy.lz4"))),
        ["column cut"] = ("logits.npy.lz4", f => Truncate(f.In(Cell + "logits.npy.lz4"))),
        ["column empty"] = ("logits.npy.lz4", f => File.WriteAllText(f.In(Cell + "logits.npy.lz4"), "")),
        ["column with a flipped bit"] = ("logits.npy.lz4", f => Flip(f.In(Cell + "logits.npy.lz4"))),
        ["column not LZ4"] = ("logits.npy.lz4", f => File.WriteAllText(f.In(Cell + "logits.npy.lz4"), "not a frame at all")),
        ["column of another shape"] = ("correct.npy.lz4", f => WriteColumn(f, NpyWriter.Header(ElementType.UInt8, 50, 2), new byte[100])),
        ["column in Fortran order"] = ("correct.npy.lz4", f => WriteColumn(f, Encoding.ASCII.GetBytes(
            Encoding.Latin1.GetString(NpyWriter.Header(ElementType.UInt8, 100)).Replace("False", "True ", StringComparison.Ordinal)), new byte[100])),
        ["column of other values"] = ("correct.npy.lz4", f => WriteColumn(f, NpyWriter.Header(ElementType.UInt8, 100), new byte[100])),
        ["column too short"] = ("correct.npy.lz4", f => WriteColumn(f, NpyWriter.Header(ElementType.UInt8, 100), new byte[99])),
        ["column too long"] = ("correct.npy.lz4", f => WriteColumn(f, NpyWriter.Header(ElementType.UInt8, 100), new byte[101])),
        ["column that expands without end"] = ("correct.npy.lz4", f => WriteColumn(f, NpyWriter.Header(ElementType.UInt8, 100), new byte[50 << 20])),
        ["shape far beyond the file"] = ("cell.json", f => Edit(f, "100,\n        4", "100,\n        9000000000000000000")),
        ["labels missing"] = ("labels.npy.lz4", f => File.Delete(f.In("samples/clean/labels.npy.lz4"))),
        ["labels damaged"] = ("labels.npy.lz4", f => Flip(f.In("samples/clean/labels.npy.lz4"))),
        ["group with a row that is not there"] = ("samples.json", f => Replace(f, "samples/clean/samples.json", ",49]", ",4900]")),
        ["column that is a link"] = ("logits.npy.lz4", f => Link(f.In(Cell + "logits.npy.lz4"), f.In("cells/dense--fog-3--cpu/logits.npy.lz4"))),
        ["cell folder that is a link"] = ("dense--clean--cpu", f =>
        {
            Directory.Delete(f.In("cells/dense--clean--cpu"), recursive: true);
            Directory.CreateSymbolicLink(f.In("cells/dense--clean--cpu"), f.In("cells/dense--fog-3--cpu"));
        }
        ),
        ["manifest that is a link"] = ("manifest.json", f =>
        {
            File.Move(f.In("manifest.json"), f.In(".elsewhere"));
            Link(f.In("manifest.json"), f.In(".elsewhere"));
        }
        ),
        ["samples gone"] = ("samples", f => Directory.Delete(f.In("samples"), recursive: true)),
    };

    public static TheoryData<string> Names => [.. Corpus.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void DamagedBundle_IsAnError_NamingTheFile(string name)
    {
        using var folder = new TemporaryFolder();
        new SmallBundle().Run(folder.Path);
        var before = folder.Contents().Sum(f => f.Value.Sum(b => (long)b) + f.Key.GetHashCode(StringComparison.Ordinal));
        Corpus[name].Damage(folder);
        Assert.NotEqual(before, folder.Contents().Sum(f => f.Value.Sum(b => (long)b) + f.Key.GetHashCode(StringComparison.Ordinal)));
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<AuditException>(() => Bundle.Open(folder.Path));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains(Corpus[name].Names, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 64 << 20);
    }

    [Fact]
    public void FolderThatIsNoBundle_IsAnError() =>
        Assert.Equal(AuditCode.Invalid, Assert.Throws<AuditException>(() => Bundle.Open("/nowhere/at/all")).Code);

    /// <summary>Without a digest nothing stands before the column reader: it must refuse the shape before allocating for it.</summary>
    [Theory]
    [InlineData("4000000000000")]
    [InlineData("9000000000000000000")]
    public void ShapeBeyondTheFile_IsRefused_InAnUnfinishedBundle(string dimension)
    {
        using var folder = new TemporaryFolder();
        new SmallBundle().Run(folder.Path, stopAfter: 3);
        Edit(folder, "100,\n        4", "100,\n        " + dimension);
        foreach (var verify in new[] { true, false })
        {
            var error = Assert.Throws<AuditException>(() =>
            {
                var bundle = Bundle.Open(folder.Path, verify);
                bundle.Column(bundle.Cells[0].Cell, "logits");
            });
            Assert.Contains("logits.npy.lz4", error.Message, StringComparison.Ordinal);
            Assert.Contains("compressed bytes", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TamperedColumn_IsFound_EvenWithoutVerifying()
    {
        using var folder = new TemporaryFolder();
        new SmallBundle().Run(folder.Path);
        WriteColumn(folder, NpyWriter.Header(ElementType.UInt8, 100), new byte[100]);
        var bundle = Bundle.Open(folder.Path, verify: false);
        Assert.Contains("SHA-256", Assert.Throws<AuditException>(() => bundle.Column(bundle.Cells[0].Cell, "correct")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LongerTiming_IsNotUnderTheDigest()
    {
        using var folder = new TemporaryFolder();
        new SmallBundle().Run(folder.Path);
        Replace(folder, Cell + "timing.json", "1.5", "15.5");
        Assert.Equal(15.5, Bundle.Open(folder.Path).Cells[0].Timing.Metrics[0].Value);
    }

    /// <summary>Edits cell.json and writes the marker anew, so that only the manifest and the content can tell.</summary>
    private static void Edit(TemporaryFolder folder, string old, string now)
    {
        Replace(folder, Cell + "cell.json", old, now);
        File.WriteAllText(folder.In("done/dense--clean--cpu"), Digest.OfFile(folder.In(Cell + "cell.json")) + "\n");
    }

    private static void Replace(TemporaryFolder folder, string file, string old, string now)
    {
        var text = File.ReadAllText(folder.In(file));
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(folder.In(file), text.Replace(old, now, StringComparison.Ordinal));
    }

    private static void WriteColumn(TemporaryFolder folder, byte[] head, byte[] rows)
    {
        using var file = File.Create(folder.In(Cell + "correct.npy.lz4"));
        using var frame = Lz4Frame.Compress(file);
        frame.Write(head);
        frame.Write(rows);
    }

    private static void Link(string path, string target)
    {
        File.Delete(path);
        File.CreateSymbolicLink(path, target);
    }

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 16;
        File.WriteAllBytes(path, bytes);
    }

    private static void Truncate(string path)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength(file.Length / 2);
    }
}
