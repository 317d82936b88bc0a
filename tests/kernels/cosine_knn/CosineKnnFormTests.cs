using System.Runtime.InteropServices;
using OnnxAudit.Kernels;

namespace OnnxAudit.Tests.Kernels;

public class CosineKnnFormTests
{
    public static TheoryData<string> Forms => [.. CosineKnn.Forms.Select(form => form.Name)];

    private static ArgumentForm<CosineKnnArguments> Supported(string name)
    {
        var form = CosineKnn.Forms.Single(form => form.Name == name);
        Skip.IfNot(form.Supported, $"cosine_knn form '{name}' cannot run here: {form.WhyNot}");
        return form;
    }

    /// <summary>Sizes zero, below, equal, above and multiples of lanes, tiles, blocks and chunks. Forms of the processor give the same bits; a device may flush subnormals.</summary>
    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void EveryForm_AgreesWithManaged_AtEverySize(string name)
    {
        var form = Supported(name);
        var managed = Supported("managed");
        foreach (var features in new[] { 0, 1, 7, 8, 9, 16, 31, 511, 512, 513, 1027 })
        {
            foreach (var (queries, rows) in new[] { (0, 3), (1, 0), (1, 1), (2, 5), (4, 16), (5, 47), (17, 48), (33, 50), (35, 97) })
            {
                foreach (var first in new[] { -1, 0, 3 })
                {
                    var pad = first < 0 ? 0 : 2;
                    var (q, b) = (Matrix(queries, features, pad, 1), Matrix(rows, features, pad, 2));
                    var k = 1 + rows % 4;
                    var (expected, actual) = (Run(managed, q, b, k, pad, first), Run(form, q, b, k, pad, first));
                    var what = FormattableString.Invariant($"{name} q={queries} b={rows} d={features} first={first}");
                    Assert.True(expected.Index.SequenceEqual(actual.Index), what);
                    for (var i = 0; i < expected.Similarity.Length; i++)
                        Assert.True(form.OnDevice ? Close(expected.Similarity[i], actual.Similarity[i]) : expected.Similarity[i].Equals(actual.Similarity[i]), what);
                }
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void Ties_GoToTheLowerRow_AndTheQueryItselfIsLeftOut(string name)
    {
        var form = Supported(name);
        const int Features = 19;
        var rows = Matrix(100, Features, 0, 3).Values;
        foreach (var copy in new[] { 2, 50, 99 }) rows.AsSpan(7 * Features, Features).CopyTo(rows.AsSpan(copy * Features));
        rows.AsSpan(20 * Features, Features).Clear();
        rows[21 * Features] = float.NaN;
        var with = Nearest(form, rows, Features, 5, -1, 1);
        var without = Nearest(form, rows, Features, 5, 0, 1);
        foreach (var row in new[] { 2, 7, 50, 99 })
        {
            Assert.Equal([2, 7, 50, 99], with.Index.AsSpan(row * 5, 4).ToArray());
            Assert.Equal(new[] { 2, 7, 50, 99 }.Where(r => r != row), without.Index.AsSpan(row * 5, 3).ToArray());
            Assert.Equal(1, with.Similarity[row * 5], 1e-6);
        }

        Assert.Equal([0, 1, 2, 3, 4], with.Index.AsSpan(20 * 5, 5).ToArray());
        Assert.All(with.Index.AsSpan(21 * 5, 5).ToArray(), i => Assert.Equal(-1, i));
        Assert.DoesNotContain(21, with.Index);
    }

    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public unsafe void EveryForm_RefusesBadArguments_BeforeWriting(string name)
    {
        var form = Supported(name);
        var one = stackalloc float[1] { 7 };
        var index = stackalloc int[1] { 9 };
        var good = new CosineKnnArguments
        {
            Queries = 1,
            Rows = 1,
            Features = 1,
            Neighbours = 1,
            QueryStride = 1,
            RowStride = 1,
            ResultStride = 1,
            FirstQuery = -1,
            QueryMatrix = one,
            RowMatrix = one,
            InverseQueryNorms = one,
            InverseRowNorms = one,
            Index = index,
            Similarity = one,
        };

        void Refused(Func<CosineKnnArguments, CosineKnnArguments> change, int code)
        {
            var bad = change(good);
            Assert.EndsWith($"code {code}", Assert.Throws<InvalidOperationException>(() => form.Run(ref bad)).Message);
            Assert.Equal((7f, 9), (*good.Similarity, *good.Index));
        }

        Refused(a => a with { QueryMatrix = null }, 1);
        Refused(a => a with { Index = null }, 1);
        Refused(a => a with { Neighbours = 0 }, 2);
        Refused(a => a with { Features = 2 }, 2);
        Refused(a => a with { FirstQuery = -2 }, 2);
        Refused(a => a with { Rows = 1L << 31 }, 2);
    }

    /// <summary>Many blocks, among which the threads' borders lie.</summary>
    [Fact]
    public void Neighbours_DoNotDependOnThreads()
    {
        var form = CosineKnn.Forms.First(f => f.Supported);
        var rows = Matrix(200, 70, 0, 4).Values;
        var (one, three) = (Nearest(form, rows, 70, 6, 0, 1), Nearest(form, rows, 70, 6, 0, 3));
        Assert.Equal(one.Index, three.Index);
        Assert.Equal(one.Similarity, three.Similarity);
    }

    /// <summary>Three rows, each left out of its own neighbours, leave two.</summary>
    [SkippableTheory]
    [MemberData(nameof(Forms))]
    public void FewerRowsThanNeighbours_EndWithNone(string name)
    {
        var rows = Matrix(3, 5, 0, 5).Values;
        var found = Nearest(Supported(name), rows, 5, 4, 0, 1);
        Assert.All(Enumerable.Range(0, 3), i =>
        {
            Assert.Equal([-1, -1], found.Index.AsSpan(i * 4 + 2, 2).ToArray());
            Assert.Equal(float.NegativeInfinity, found.Similarity[i * 4 + 2]);
        });
    }

    [SkippableFact]
    public void NativeForms_AreTheFunctionsTheyAreNamedAfter()
    {
        Skip.IfNot(KernelLibrary.Present, KernelLibrary.Status);
        foreach (var form in CosineKnn.Forms.Where(form => form is { Native: true, Supported: true }))
            Assert.Equal(KernelLibrary.Find($"oa_f32_cosine_knn__{form.Name}", out _), form.Address);
    }

    [Fact]
    public void Arguments_AreLaidOutAsInTheHeader() => Assert.Equal(15 * 8, Marshal.SizeOf<CosineKnnArguments>());

    private static bool Close(float expected, float actual) => expected.Equals(actual) || Math.Abs(expected - actual) <= 1e-6f;

    private static (int[] Index, float[] Similarity) Nearest(ArgumentForm<CosineKnnArguments> form, float[] rows, int features, int k, long first, int threads)
    {
        var count = rows.Length / features;
        var (index, similarity) = (new int[count * k], new float[count * k]);
        CosineKnn.Nearest(form, rows, rows, features, k, first, index, similarity, threads);
        return (index, similarity);
    }

    private static (int Rows, int Features, int Stride, float[] Values) Matrix(int rows, int features, int pad, uint seed)
    {
        var random = new Philox(seed, 5);
        var stride = features + pad;
        return (rows, features, stride, [.. Enumerable.Range(0, rows * stride).Select(i => i % stride < features ? Philox.ToUnit(random.Words((ulong)i, 0).A) * 2 - 1 : float.NaN)]);
    }

    private static float[] Norms((int Rows, int Features, int Stride, float[] Values) m) => [.. Enumerable.Range(0, m.Rows).Select(r =>
    {
        var sum = m.Values.AsSpan(r * m.Stride, m.Features).ToArray().Sum(v => (double)v * v);
        return sum > 0 ? (float)(1 / Math.Sqrt(sum)) : 0;
    })];

    private static unsafe (int[] Index, float[] Similarity) Run(ArgumentForm<CosineKnnArguments> form, (int Rows, int Features, int Stride, float[] Values) queries,
        (int Rows, int Features, int Stride, float[] Values) rows, int k, int pad, long first)
    {
        const int Sentinel = -777;
        var (index, similarity) = (new int[queries.Rows * (k + pad) + 4], new float[queries.Rows * (k + pad) + 4]);
        Array.Fill(index, Sentinel);
        Array.Fill(similarity, Sentinel);
        fixed (float* q = queries.Values, b = rows.Values, nq = Norms(queries), nb = Norms(rows), s = similarity)
        fixed (int* n = index)
        {
            float none = 0;
            var arguments = new CosineKnnArguments
            {
                Queries = queries.Rows,
                Rows = rows.Rows,
                Features = queries.Features,
                Neighbours = k,
                QueryStride = queries.Stride,
                RowStride = rows.Stride,
                ResultStride = k + pad,
                FirstQuery = first,
                QueryMatrix = q,
                RowMatrix = b,
                InverseQueryNorms = nq == null ? &none : nq,
                InverseRowNorms = nb,
                Index = n,
                Similarity = s,
                Form = -1,
            };
            form.Run(ref arguments);
            Assert.Equal(form.Number, arguments.Form);
        }

        for (var i = 0; i < index.Length; i++)
            if (i >= queries.Rows * (k + pad) || i % (k + pad) >= k) Assert.Equal((Sentinel, (float)Sentinel), (index[i], similarity[i]));
        return (index, similarity);
    }
}
