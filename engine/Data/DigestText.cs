using System.Text;
using OnnxAudit.Files;

namespace OnnxAudit.Data;

/// <summary>Digests of datasets: SHA-256 over a line per part, so that parts cannot run into one another.</summary>
internal static class DigestText
{
    /// <summary>Of the bytes of files and of the words that say how they are read; paths do not count.</summary>
    public static string OfFiles(IEnumerable<string> paths, params ReadOnlySpan<string> words) => OfLines([.. words, .. paths.Select(FileDigest)]);

    /// <summary>Of lines of text.</summary>
    public static string OfLines(params ReadOnlySpan<string> lines) => Digest.Of(Encoding.UTF8.GetBytes(string.Join('\n', lines!)));

    private static string FileDigest(string path)
    {
        try
        {
            return Digest.OfFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFault.Unreadable(path, e);
        }
    }
}
