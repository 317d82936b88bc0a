using Google.Protobuf;
using OnnxAudit.Onnx;
using OnnxAudit.Tests.Oracles;
using static OnnxAudit.Tests.Onnx.DamagedModel;

namespace OnnxAudit.Tests.Onnx;

/// <summary>Sparse weights whose indices do not fit, or that would fill the memory when dense.</summary>
public sealed class SparseDamageTests
{
    private static readonly DamagedModel[] Corpus =
    [
        new("sparse index beyond the end", "index 2", () => WithSparse(Sparse([2], [2], 1))),
        new("sparse negative index", "index -1", () => WithSparse(Sparse([2], [-1], 1))),
        new("sparse indices out of order", "rising order", () => WithSparse(Sparse([4], [2, 1], 2))),
        new("sparse index twice", "rising order", () => WithSparse(Sparse([4], [1, 1], 2))),
        new("sparse coordinate beyond its axis", "coordinate 3 in dimension 1", () => WithSparse(Sparse([2, 3], [0, 3], 1, rank: 2))),
        new("sparse indices of another count", "indices of shape [1]", () => WithSparse(Sparse([4], [1], 2))),
        new("sparse indices of another type", "indices of Float", () =>
            WithSparse(With(Sparse([4], [1], 1), s =>
                { s.Indices.DataType = 1; s.Indices.Int64Data.Clear(); s.Indices.FloatData.Add(1); }))),
        new("sparse without values", "without values or indices", () => WithSparse(new SparseTensorProto { Dims = { 2 } })),
        new("sparse bomb", "bytes when dense", () => WithSparse(Sparse([1L << 28], [0], 1))),
        new("many small sparse bombs", "bytes when dense", () =>
            Bytes(m => { for (var i = 0; i < 40; i++) m.Graph.SparseInitializer.Add(Sparse([1L << 22], [0], 1, name: $"s{i}")); })),
    ];

    public static TheoryData<string> Cases => [.. Corpus.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void MalformedModel_IsInvalidAndSaysWhy(string name) => Corpus.First(c => c.Name == name).IsRefused();

    private static byte[] WithSparse(SparseTensorProto sparse) => Bytes(m => m.Graph.SparseInitializer.Add(sparse));

    private static SparseTensorProto With(SparseTensorProto sparse, Action<SparseTensorProto> damage)
    {
        damage(sparse);
        return sparse;
    }
}
