using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>Normalisations and losses: the output is shaped like the input, the statistics like the parameters.</summary>
internal static class NormalisationShapes
{
    /// <summary>Y like X; running or saved statistics like the mean.</summary>
    internal static void BatchNormalization(NodeShapes n)
    {
        ElementwiseShapes.Same(n);
        for (var i = 1; i < n.Node.Outputs.Count; i++) n.Gives(i, n.Element(3), n.Shape(3));
    }

    /// <summary>Y like X; mean and inverse deviation with the normalised axes at 1, in the type the sums are made in.</summary>
    internal static void LayerNormalization(NodeShapes n)
    {
        ElementwiseShapes.Same(n);
        if (n.Shape(0) is not { } x || NodeShapes.Axis(n.Node.Int("axis", -1), x.Count) is not { } axis) return;
        IReadOnlyList<Dim> saved = [.. x.Select((d, i) => i < axis ? d : (Dim)1)];
        for (var i = 1; i < n.Node.Outputs.Count; i++) n.Gives(i, (ElementType)n.Node.Int("stash_type", 1), saved);
    }

    /// <summary>A loss: a scalar, or one per label without reduction; the second output, log-probabilities, is like the scores.</summary>
    internal static void Loss(NodeShapes n)
    {
        n.Gives(0, n.Element(0), n.Node.Text("reduction", "mean") == "none" ? n.Shape(1) : []);
        n.Gives(1, n.Element(0), n.Shape(0));
    }
}
