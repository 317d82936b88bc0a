using System.Globalization;
using OnnxAudit.Graphs;

namespace OnnxAudit.Gradients.Shapes;

/// <summary>
/// Arithmetic of sizes that are fixed or symbols. The same expression over the same symbols is the same symbol, named after itself ("(h-1)/2+1"), so equal
/// symbols mean equal sizes. Products, and sums with a fixed part, are remembered by their parts and cancel. A symbol stands for a size other than 1.
/// </summary>
internal sealed class SizeAlgebra
{
    // Longer names are replaced by a number: nested expressions would otherwise grow with every layer.
    private const int LongestName = 64;

    private readonly Dictionary<string, (long Factor, string[] Symbols)> _products = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Dim Base, long Offset)> _sums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dim> _named = new(StringComparer.Ordinal);
    private int _fresh;

    /// <summary>A symbol unlike every other, about which nothing is known.</summary>
    internal Dim Fresh() => new(null, string.Create(CultureInfo.InvariantCulture, $"?{_fresh++}"));

    /// <summary>True for a symbol that <see cref="Fresh"/> made: it says less than a named one.</summary>
    internal static bool IsFresh(Dim dim) => dim.Symbol is ['?', ..];

    /// <summary>The symbol of an expression.</summary>
    internal Dim Named(FormattableString expression) => Named(expression.ToString(CultureInfo.InvariantCulture));

    /// <summary>The symbol of an expression.</summary>
    internal Dim Named(string expression)
    {
        if (_named.TryGetValue(expression, out var dim)) return dim;
        return _named[expression] = new Dim(null, expression.Length <= LongestName ? expression : string.Create(CultureInfo.InvariantCulture, $"#{_named.Count}"));
    }

    /// <summary>The size of two broadcast together: 1 gives way, a fixed size wins over a symbol, a named symbol over a fresh one.</summary>
    internal static Dim Broadcast(Dim a, Dim b)
    {
        if (a.Size == 1) return b;
        if (b.Size == 1 || a.Size is not null) return a;
        return b.Size is not null || IsFresh(a) ? b : a;
    }

    /// <summary>The shape of two broadcast together, aligned at the last axis.</summary>
    internal static Dim[] Broadcast(IReadOnlyList<Dim> a, IReadOnlyList<Dim> b)
    {
        var shape = new Dim[Math.Max(a.Count, b.Count)];
        for (var i = 1; i <= shape.Length; i++)
            shape[^i] = Broadcast(i <= a.Count ? a[^i] : 1, i <= b.Count ? b[^i] : 1);
        return shape;
    }

    /// <summary>a · b · …; 1 for none.</summary>
    internal Dim Product(params IEnumerable<Dim> sizes)
    {
        var (factor, symbols) = Parts(sizes);
        return Whole(factor, symbols);
    }

    /// <summary>(a · b · …) / (c · d · …) where that is exact; null where it is not, or cannot be told.</summary>
    internal Dim? Quotient(IEnumerable<Dim> above, IEnumerable<Dim> below)
    {
        var (factor, symbols) = Parts(above);
        var (divisor, cancel) = Parts(below);
        foreach (var symbol in cancel)
            if (!symbols.Remove(symbol)) return null;
        return divisor == 0 || factor % divisor != 0 ? null : Whole(factor / divisor, symbols);
    }

    /// <summary>⌊a / n⌋ for sizes; integers are cut towards 0, as ONNX does.</summary>
    internal Dim Divide(Dim a, Dim b)
    {
        if (b.Size == 0) return Fresh();
        if (a.Size is { } x && b.Size is { } y) return y == -1 ? Negated(x) : x / y;
        return Quotient([a], [b]) ?? Named($"{Atom(a)}/{Atom(b)}");
    }

    /// <summary>a + b.</summary>
    internal Dim Add(Dim a, Dim b)
    {
        if (a.Size is { } x && b.Size is { } y) return x + y;
        if (b.Size is { } n) return Offset(a, n);
        if (a.Size is { } m) return Offset(b, m);
        if (a == b) return Product(2, a);
        return string.CompareOrdinal(a.Symbol, b.Symbol) <= 0 ? Named($"{Atom(a)}+{Atom(b)}") : Named($"{Atom(b)}+{Atom(a)}");
    }

    /// <summary>a − b.</summary>
    internal Dim Subtract(Dim a, Dim b)
    {
        if (b.Size is { } n) return Add(a, Negated(n));
        return a == b ? 0 : Named($"{Atom(a)}-{Atom(b)}");
    }

    /// <summary>How often a window fits: ⌊(size + pads − reach) / stride⌋ + 1, or with ⌈⌉, then without a last window that would begin past the data.</summary>
    internal Dim Windows(Dim size, long kernel, long stride, long dilation, long padBegin, long padEnd, bool ceil = false)
    {
        if (stride <= 0) return Fresh();
        var room = padBegin + padEnd - (kernel - 1) * dilation - 1;
        if (stride == 1) return AtLeastZero(Add(size, room + 1));
        if (size.Size is not { } fixedSize)
            return ceil ? Named($"ceilwindows({size},{kernel},{stride},{dilation},{padBegin},{padEnd})") : Named($"{Atom(Add(size, room))}/{stride}+1");
        var span = fixedSize + room;
        var count = (ceil ? -Floor(-span, stride) : Floor(span, stride)) + 1;
        if (ceil && (count - 1) * stride >= fixedSize + padBegin) count--;
        return Math.Max(0, count);
    }

    /// <summary>⌈size / stride⌉: the windows of "same" padding.</summary>
    internal Dim CeilDivide(Dim size, long stride)
    {
        if (stride <= 0) return Fresh();
        if (stride == 1) return size;
        return size.Size is { } n ? -Floor(-n, stride) : Quotient([size], [stride]) ?? Named($"ceil({size}/{stride})");
    }

    private static Dim AtLeastZero(Dim size) => size.Size < 0 ? 0 : size;

    private static Dim Negated(long n) => n == long.MinValue ? long.MaxValue : -n;

    private static long Floor(long a, long b) => a >= 0 ? a / b : -((-a + b - 1) / b);

    private Dim Offset(Dim symbol, long n)
    {
        var (root, offset) = symbol.Symbol is { } name && _sums.TryGetValue(name, out var sum) ? sum : (symbol, 0);
        offset += n;
        if (offset == 0) return root;
        var made = Named(offset > 0 ? (FormattableString)$"{Atom(root)}+{offset}" : $"{Atom(root)}{offset}");
        _sums[made.Symbol!] = (root, offset);
        return made;
    }

    private (long Factor, List<string> Symbols) Parts(IEnumerable<Dim> sizes)
    {
        Int128 factor = 1;
        var symbols = new List<string>();
        foreach (var size in sizes)
        {
            var (f, s) = size.Size is { } n ? (n, []) : _products.TryGetValue(size.Symbol!, out var parts) ? parts : (1, [size.Symbol!]);
            factor *= f;
            symbols.AddRange(s);
            if (Int128.Abs(factor) > long.MaxValue) return (1, [Fresh().Symbol!]);
        }

        return ((long)factor, symbols);
    }

    private Dim Whole(long factor, List<string> symbols)
    {
        if (factor == 0 || symbols.Count == 0) return factor;
        if (factor == 1 && symbols.Count == 1) return new Dim(null, symbols[0]);
        symbols.Sort(string.CompareOrdinal);
        var names = string.Join('*', symbols.Select(s => Atom(new Dim(null, s))));
        var made = factor == 1 ? Named(names) : Named($"{factor}*{names}");
        _products[made.Symbol!] = (factor, [.. symbols]);
        return made;
    }

    private static string Atom(Dim size)
    {
        var name = size.ToString();
        return name.AsSpan().ContainsAny("+-*/(), ") ? $"({name})" : name;
    }
}
