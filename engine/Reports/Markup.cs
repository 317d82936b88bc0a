using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace OnnxAudit.Reports;

/// <summary>
/// A piece of HTML that is safe by the way it is made: the literal parts of an interpolated string are markup, everything in a hole is text and
/// is escaped, unless it is <see cref="Markup"/> itself. Names in a bundle come from strangers; no call site can forget to escape.
/// </summary>
internal readonly record struct Markup(string Html)
{
    /// <summary>Nothing.</summary>
    public static Markup None { get; } = new("");

    /// <summary>Markup from an interpolated string.</summary>
    public static Markup Of(MarkupText text) => new(text.ToString());

    /// <summary>Pieces one after the other.</summary>
    public static Markup Join(IEnumerable<Markup> pieces) => new(string.Concat(pieces.Select(p => p.Html)));

    /// <summary>A name as text that may break after '_' too: file names run long without a space or hyphen.</summary>
    public static Markup Name(string text) => new(Escape(text).Replace("_", "_<wbr/>"));

    /// <summary>Text with the five special characters as entities; characters HTML forbids become U+FFFD.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '&': escaped.Append("&amp;"); break;
                case '<': escaped.Append("&lt;"); break;
                case '>': escaped.Append("&gt;"); break;
                case '"': escaped.Append("&quot;"); break;
                case '\'': escaped.Append("&#39;"); break;
                case '\n' or '\t': escaped.Append(c); break;
                default:
                    if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) escaped.Append(c).Append(text[++i]);
                    else escaped.Append(char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c);
                    break;
            }
        }

        return escaped.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Html;
}

/// <summary>The interpolated-string handler behind <see cref="Markup.Of"/>.</summary>
[InterpolatedStringHandler]
internal readonly ref struct MarkupText
{
    private readonly StringBuilder _html;

    public MarkupText(int literalLength, int formattedCount) => _html = new StringBuilder(literalLength + formattedCount * 16);

    public void AppendLiteral(string html) => _html.Append(html);

    public void AppendFormatted(Markup markup) => _html.Append(markup.Html);

    public void AppendFormatted(string? text) => _html.Append(Markup.Escape(text ?? ""));

    public void AppendFormatted(int number) => _html.Append(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(double number) => _html.Append(number.ToString("0.##", CultureInfo.InvariantCulture));

    public override string ToString() => _html.ToString();
}
