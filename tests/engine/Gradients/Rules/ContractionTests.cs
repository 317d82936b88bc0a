using OnnxAudit.Gradients;
using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Gradients.Rules;

public class ContractionTests
{
    [Theory]
    [InlineData("...ij->...ji", "Einsum with an ellipsis, '...ij->...ji'")]
    [InlineData("ii->i", "Einsum with a diagonal, 'ii->i'")]
    [InlineData("i,j->ij", "Einsum of 1 operands with the equation 'i,j->ij'")]
    public void Form_IsRefused_BeforeAnyWork(string equation, string why)
    {
        var graph = new Graph("einsum");
        var node = graph.AddNode("Einsum", [graph.Value("x")], [graph.Value("y")]);
        node.Set(NodeAttribute.Of("equation", equation));
        Assert.Equal(why, GradientTable.WhyNot(node));
    }

    [Fact]
    public void Equation_MayHaveSpaces()
    {
        var graph = new Graph("einsum");
        var node = graph.AddNode("Einsum", [graph.Value("x"), graph.Value("w")], [graph.Value("y")]);
        node.Set(NodeAttribute.Of("equation", "i j, j k -> i k"));
        Assert.Null(GradientTable.WhyNot(node));
    }
}
