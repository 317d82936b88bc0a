using System.Globalization;

namespace OnnxAudit.Data;

/// <summary>The Python dict literal in an npy head: exactly the keys descr, fortran_order and shape, in any order.</summary>
internal sealed class NpyHeaderText(string text, string where)
{
    private const int MostDims = 32;
    private int _at;

    /// <summary>Reads the literal and checks that the shape's byte count can be counted.</summary>
    public NpyHeader Read(int dataOffset)
    {
        string? descr = null;
        bool? fortran = null;
        List<long>? dims = null;
        Expect('{');
        while (!Take('}'))
        {
            var key = ReadString();
            Expect(':');
            switch (key)
            {
                case "descr" when descr is null: descr = ReadDescr(); break;
                case "fortran_order" when fortran is null: fortran = ReadBool(); break;
                case "shape" when dims is null: dims = ReadShape(); break;
                default: throw Bad($"key '{key}' in the npy header", "descr, fortran_order and shape, once each");
            }

            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }

        if (text.AsSpan(_at).Trim().Length > 0) throw Bad("text after the npy header's dict", "spaces and a newline");
        if (descr is null || fortran is null || dims is null) throw Bad("an npy header without descr, fortran_order or shape", "all three keys");
        var type = NpyHeader.TypeOf(descr) ?? throw new AuditException(AuditCode.Invalid, where, $"element type '{descr}'",
            "a little-endian integer, float or bool type", "Convert the array, e.g. array.astype('<f4'), and save it again.");
        var header = new NpyHeader(type, dims, fortran.Value, dataOffset);
        try
        {
            _ = checked(header.DataLength + dataOffset);
        }
        catch (OverflowException)
        {
            throw Bad($"shape {header.ShapeText}", "a shape whose size can be counted");
        }

        return header;
    }

    private string ReadDescr()
    {
        SkipSpace();
        if (_at < text.Length && text[_at] is '[' or '(')
            throw new AuditException(AuditCode.Invalid, where, "a structured array", "one plain element type",
                "Save each field as an array of its own.");
        return ReadString();
    }

    private string ReadString()
    {
        SkipSpace();
        if (_at >= text.Length || text[_at] is not ('\'' or '"')) throw Bad("a broken npy header", "a quoted name");
        var end = text.IndexOf(text[_at], _at + 1);
        if (end < 0 || end - _at > 64) throw Bad("a broken npy header", "a closed, short string");
        var value = text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    private bool ReadBool()
    {
        SkipSpace();
        foreach (var (word, value) in (ReadOnlySpan<(string, bool)>)[("True", true), ("False", false)])
        {
            if (!text.AsSpan(_at).StartsWith(word)) continue;
            _at += word.Length;
            return value;
        }

        throw Bad("a broken npy header", "True or False after fortran_order");
    }

    private List<long> ReadShape()
    {
        var dims = new List<long>();
        Expect('(');
        while (!Take(')'))
        {
            SkipSpace();
            var end = _at;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (!long.TryParse(text.AsSpan(_at, end - _at), NumberStyles.None, CultureInfo.InvariantCulture, out var dim))
                throw Bad("a broken shape in the npy header", "non-negative whole numbers");
            _at = end < text.Length && text[end] == 'L' ? end + 1 : end; // Python 2 wrote long integers as 3L
            dims.Add(dim);
            if (dims.Count > MostDims) throw Bad("more than 32 dimensions", "at most 32");
            if (!Take(','))
            {
                Expect(')');
                break;
            }
        }

        return dims;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r') _at++;
    }

    private bool Take(char c)
    {
        SkipSpace();
        if (_at >= text.Length || text[_at] != c) return false;
        _at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Take(c)) throw Bad("a broken npy header", $"'{c}' at character {_at.ToString(CultureInfo.InvariantCulture)}");
    }

    private AuditException Bad(string found, string expected) => NpyHeader.Bad(where, found, expected);
}
