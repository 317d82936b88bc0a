namespace OnnxAudit.Checks;

/// <summary>Name patterns: '*' stands for any run of characters, '?' for one; everything else for itself, case included.</summary>
public static class Pattern
{
    /// <summary>True when all of <paramref name="text"/> matches. Time is at most pattern × text.</summary>
    public static bool Matches(string pattern, string text)
    {
        int p = 0, t = 0, star = -1, retry = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, retry) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                (p, t) = (star + 1, ++retry);
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
