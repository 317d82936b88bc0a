using OnnxAudit.Compression;

namespace OnnxAudit.Tests.Compression;

public class LineageForestTests
{
    [Fact]
    public void Forest_HangsModelsFromTheirBase_InAnyOrder()
    {
        var forest = LineageForest.Of([File("c", "3", ("base", "2", "b")), File("a", "1"), File("d", "4", ("base", "1", "a")), File("b", "2", ("base", "1", "a"))]);
        var root = Assert.Single(forest.Roots);
        Assert.Equal("a", root.Name);
        Assert.Equal(["d", "b"], root.Children.Select(n => n.Name));
        Assert.Equal("c", Assert.Single(root.Children[1].Children).Name);
        Assert.Empty(forest.Changed);
    }

    [Fact]
    public void Parent_IsKnownByDigest_WhenItsFileWasRenamed()
    {
        var forest = LineageForest.Of([File("new name", "1"), File("b", "2", ("base", "1", "a"))]);
        Assert.Equal("new name", forest.Nodes[1].Parent!.Name);
        Assert.Equal(ParentState.Found, Assert.Single(forest.Nodes[1].Links).State);
    }

    [Fact]
    public void MissingParent_HasOnePlace_ForAllItsChildren()
    {
        var forest = LineageForest.Of([File("b", "2", ("base", "1", "a")), File("c", "3", ("base", "1", "a"))]);
        var root = Assert.Single(forest.Roots);
        Assert.Equal(("a", "1", ParentState.Missing, 2), (root.Name, root.Sha256, root.State, root.Children.Count));
    }

    [Fact]
    public void ChangedParent_IsReported_AndItsFileStandsAlone()
    {
        var forest = LineageForest.Of([File("a", "9"), File("b", "2", ("base", "1", "a"))]);
        Assert.Equal([ParentState.Found, ParentState.Changed], forest.Roots.Select(r => r.State));
        var (model, link) = Assert.Single(forest.Changed);
        Assert.Equal(("b", "9"), (model.Name, link.File!.Sha256));
    }

    [Fact]
    public void ChangedMaskSource_IsReported_ThoughTheTreeStands()
    {
        var forest = LineageForest.Of([File("a", "1"), File("m", "9"), File("b", "2", ("mask source", "5", "m"), ("base", "1", "a"), ("teacher", "7", "t"))]);
        var made = forest.Nodes.Single(n => n.Name == "b");
        Assert.Equal("a", made.Parent!.Name);
        Assert.Equal([("mask source", ParentState.Changed), ("teacher", ParentState.Missing)], made.OtherLinks.Select(l => (l.Parent.Role, l.State)));
        Assert.Equal("mask source", Assert.Single(forest.Changed).Link.Parent.Role);
    }

    [Fact]
    public void FilesThatKeepTheirName_AreNoContradiction()
    {
        // a/m -> b/m -> c/m with a/m not given: b/m and c/m bear the recorded name, but neither can be the parent of b/m.
        var forest = LineageForest.Of([File("b/m", "2", ("base", "1", "m")), File("c/m", "3", ("base", "2", "m"))]);
        Assert.Empty(forest.Changed);
        Assert.Equal(["m", "b/m", "c/m"], forest.Nodes.Select(n => n.Name));
        Assert.Equal(ParentState.Missing, forest.Nodes[0].State);
    }

    [Fact]
    public void EqualFiles_AreToldApart_AndTheNameDecidesTheParent()
    {
        var forest = LineageForest.Of([File("copy", "1"), File("a", "1"), File("b", "2", ("base", "1", "a"))]);
        Assert.Equal("copy", forest.Nodes[1].SameAs);
        Assert.Null(forest.Nodes[0].SameAs);
        Assert.Equal("a", forest.Nodes[2].Parent!.Name);
    }

    [Fact]
    public void Ring_IsRefused()
    {
        // No real file can name the digest of one made from it; a forged or damaged recipe can.
        var error = Assert.Throws<AuditException>(() => LineageForest.Of([File("a", "1", ("base", "2", "b")), File("b", "2", ("base", "1", "a")), File("c", "3", ("base", "1", "a"))]));
        Assert.Equal(AuditCode.Invalid, error.Code);
        Assert.Contains("'a' from 'b' from 'a'", error.Message);
        Assert.Throws<AuditException>(() => LineageForest.Of([File("a", "1", ("base", "1", "a"))]));
    }

    [Fact]
    public void ModelWithoutABase_HangsFromAParentThatIsThere()
    {
        var forest = LineageForest.Of([File("t", "1"), File("s", "2", ("calibration set", "8", "images.npy"), ("teacher", "1", "t")), File("q", "3", ("calibration set", "8", "images.npy"))]);
        Assert.Equal("t", forest.Nodes[1].Parent!.Name);
        Assert.Equal(["t", "q"], forest.Roots.Select(r => r.Name));
    }

    private static LineageFile File(string path, string sha256, params (string Role, string Sha256, string File)[] parents) =>
        new(path, sha256, parents.Length == 0 ? null : new Recipe("prune", [], [.. parents.Select(p => new RecipeParent(p.Role, p.Sha256, p.File))], "1"));
}
