namespace OnnxAudit.Compression;

/// <summary>A name with <c>*</c> (any run of characters) and <c>?</c> (one character). Case counts, the whole name must match.</summary>
internal readonly struct NamePattern(string text)
{
    /// <summary>The pattern as written.</summary>
    public string Text => text;

    /// <summary>True when it has neither wildcard: it names one thing.</summary>
    public bool IsExact => text.AsSpan().IndexOfAny('*', '?') < 0;

    /// <summary>Whether <paramref name="name"/> fits. Linear in name × pattern at worst, no recursion.</summary>
    public bool Matches(ReadOnlySpan<char> name)
    {
        int at = 0, p = 0, star = -1, retry = 0;
        while (at < name.Length)
        {
            if (p < text.Length && text[p] == '*') (star, retry) = (p++, at);
            else if (p < text.Length && (text[p] == '?' || text[p] == name[at])) (at, p) = (at + 1, p + 1);
            else if (star >= 0) (p, at) = (star + 1, ++retry);
            else return false;
        }

        while (p < text.Length && text[p] == '*') p++;
        return p == text.Length;
    }
}
