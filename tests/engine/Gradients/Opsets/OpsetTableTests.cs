using System.Globalization;
using OnnxAudit.Gradients.Opsets;
using OnnxAudit.Tests.Design;

namespace OnnxAudit.Tests.Gradients.Opsets;

public class OpsetTableTests
{
    // What opset 18 changed and added: the stored list ends at 17.
    private const string Changed18 =
        "ReduceMax ReduceMin ReduceMean ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare Split Pad Resize ScatterElements ScatterND OptionalGetElement OptionalHasElement LpPool";

    private const string New18 = "Mish GroupNormalization BitwiseAnd BitwiseOr BitwiseXor BitwiseNot CenterCropPad Col2Im";

    private static readonly Dictionary<string, List<int>> Published = Read();

    [Fact]
    public void EveryPublishedChange_HasARule_OrIsWithoutEffect_OrIsRefused()
    {
        var published = Published.SelectMany(p => p.Value.Skip(1).Where(v => v > OpsetTable.Oldest).Select(v => (p.Key, v))).Order().ToArray();
        var known = OpsetTable.Rows.Select(r => (r.Op, r.Since)).Concat(OpsetTable.SameInEffect).Concat(OpsetTable.WithoutRule).Order().ToArray();
        Assert.Equal(published, known);
    }

    [Fact]
    public void OperatorsThatNeverChanged_AreThePublishedOnes() =>
        Assert.Equal(Published.Where(p => p.Value.Skip(1).All(v => v <= OpsetTable.Oldest)).Select(p => p.Key).Order(), OpsetTable.NeverChanged.Order());

    private static Dictionary<string, List<int>> Read()
    {
        var lines = File.ReadAllLines(Path.Combine(SourceTree.Root, "tests/oracles/onnx-operator-versions.txt")).Where(l => !l.StartsWith('#'));
        var found = lines.Select(l => l.Split(' ')).ToDictionary(w => w[0], w => w.Skip(1).Select(v => int.Parse(v, CultureInfo.InvariantCulture)).ToList(), StringComparer.Ordinal);
        foreach (var op in Changed18.Split(' ')) found[op].Add(18);
        foreach (var op in New18.Split(' ')) found[op] = [18];
        return found;
    }
}
