namespace OnnxAudit.Data;

/// <summary>Errors that several kinds of data share, in one wording.</summary>
internal static class DataFault
{
    /// <summary>The text of a small file.</summary>
    /// <exception cref="AuditException">Invalid: unreadable, or longer than <paramref name="most"/> bytes.</exception>
    public static string ReadText(string path, int most)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > most)
                throw new AuditException(AuditCode.Invalid, path, FormattableString.Invariant($"{stream.Length} bytes"),
                    FormattableString.Invariant($"a text of at most {most} bytes"), "Check that this is the right file.");
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>A file that cannot be opened or read.</summary>
    public static AuditException Unreadable(string path, Exception e) => new(AuditCode.Invalid, path,
        e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : e.Message, "a readable file", "Check the path and its permissions.", e);

    /// <summary>A source without a single sample.</summary>
    public static AuditException Empty(string where) =>
        new(AuditCode.Invalid, where, "no samples", "at least one", "Check that this is the right file and that it was copied whole.");

    /// <summary>A label that names no class.</summary>
    public static AuditException Label(string where, long record, long label, int classes) => new(AuditCode.Invalid,
        FormattableString.Invariant($"{where}, record {record}"), FormattableString.Invariant($"label {label}"),
        FormattableString.Invariant($"0 to {classes - 1}"), "Check that labels and images belong together and that the class list is complete.");

    /// <summary>A file whose length is not a whole number of what it holds.</summary>
    public static AuditException Length(string where, string found, string expected) =>
        new(AuditCode.Invalid, where, found, expected, "The file is cut off or of another kind: copy or download it again.");
}
