using OnnxAudit.Graphs;

namespace OnnxAudit.Tests.Oracles.Architectures;

/// <summary>
/// A small vision transformer, arXiv:2010.11929 (ViT-Tiny at width 1): patch convolution, class token expanded to the batch by shape arithmetic,
/// attention as MatMul and Softmax, layer-norm, GELU.
/// </summary>
internal static class VisionTransformer
{
    private const int Heads = 3;

    public static Model Build(NetSize size)
    {
        var net = new NetBuilder("vit", size);
        // Heads are cut from the width, so it is a multiple of 12 at every size.
        var (patch, d) = (size.Side >= 128 ? 16 : 8, 12 * Math.Max(1, (int)Math.Round(16 * size.Width)));
        var map = net.Input.Conv("patch_embed.proj", d, patch, patch, bias: true, pad: 0);
        var count = map.Side * map.Side;
        var patches = net.Node("Transpose", [net.Node("Reshape", [map.Value, net.Integers(0, d, -1)])], NodeAttribute.Of("perm", [0L, 2, 1]));
        var batch = net.Node("Unsqueeze", [net.Node("Gather", [net.Node("Shape", [net.Input.Value]), net.Integer(0)], NodeAttribute.Of("axis", 0L)), net.Integers(0)]);
        var shape = net.Node("Concat", [batch, net.Integers(-1), net.Integers(-1)], NodeAttribute.Of("axis", 0L));
        // A -1 of torch's expand means "as it is", which ONNX writes as 1: the exporter's Where.
        var whole = net.Node("Where", [net.Node("Equal", [shape, net.Integers(-1)]), net.Integers(1), shape]);
        var token = net.Node("Expand", [net.Normal("cls_token", 0.5, 1, 1, d), whole]);
        var x = net.Node("Add", [net.Node("Concat", [token, patches], NodeAttribute.Of("axis", 1L)), net.Normal("pos_embed", 0.3, 1, count + 1, d)]);
        for (var b = 0; b < size.Deep(12); b++)
        {
            var at = FormattableString.Invariant($"blocks.{b}");
            x = net.Node("Add", [x, Attention(net, $"{at}.attn", net.LayerNorm($"{at}.norm1", x, d), count + 1, d)]);
            var inner = Activation.Gelu.Apply(net, net.Linear($"{at}.mlp.fc1", net.LayerNorm($"{at}.norm2", x, d), d, 4 * d, 1));
            x = net.Node("Add", [x, net.Linear($"{at}.mlp.fc2", inner, 4 * d, d)]);
        }

        var first = net.Node("Gather", [net.LayerNorm("norm", x, d), net.Integer(0)], NodeAttribute.Of("axis", 1L));
        return net.Classify("head", first, d);
    }

    private static Value Attention(NetBuilder net, string at, Value x, int tokens, int d)
    {
        var all = net.Node("Transpose", [net.Node("Reshape", [net.Linear($"{at}.qkv", x, d, 3 * d, 1), net.Integers(0, tokens, 3, Heads, d / Heads)])],
            NodeAttribute.Of("perm", [2L, 0, 3, 1, 4]));
        Value Part(long i) => net.Node("Gather", [all, net.Integer(i)], NodeAttribute.Of("axis", 0L));
        var queries = net.Node("Mul", [Part(0), net.Scalar(1 / MathF.Sqrt(d / Heads))]);
        var keys = net.Node("Transpose", [Part(1)], NodeAttribute.Of("perm", [0L, 1, 3, 2]));
        var weights = net.Node("Softmax", [net.Node("MatMul", [queries, keys])], NodeAttribute.Of("axis", -1L));
        var mixed = net.Node("Transpose", [net.Node("MatMul", [weights, Part(2)])], NodeAttribute.Of("perm", [0L, 2, 1, 3]));
        return net.Linear($"{at}.proj", net.Node("Reshape", [mixed, net.Integers(0, tokens, d)]), d, d, 1);
    }
}
