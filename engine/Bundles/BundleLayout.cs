namespace OnnxAudit.Bundles;

/// <summary>Where things lie in a bundle, and which names may lie there. The only place that knows.</summary>
internal static class BundleLayout
{
    internal const string Manifest = "manifest.json";
    internal const string Models = "models.json";
    internal const string CellsFolder = "cells";
    internal const string SamplesFolder = "samples";
    internal const string DoneFolder = "done";
    internal const string AnalysesFolder = "analysis";
    internal const string Lock = ".lock";
    internal const string CellFile = "cell.json";
    internal const string TimingFile = "timing.json";
    internal const string LabelsFile = "labels.npy.lz4";
    internal const string IndicesFile = "indices.npy.lz4";
    internal const string SamplesFile = "samples.json";
    internal const string ColumnSuffix = ".npy.lz4";

    /// <summary>No JSON file of a bundle is longer.</summary>
    internal const int JsonLimit = 32 << 20;

    private const int LongestName = 200;

    internal static string Cell(string id) => $"{CellsFolder}/{id}";

    /// <summary>Where a cell is built: a name no cell can have.</summary>
    internal static string Building(string id) => $"{CellsFolder}/.{id}.building";

    internal static string CellJson(string id) => $"{CellsFolder}/{id}/{CellFile}";

    internal static string Timing(string id) => $"{CellsFolder}/{id}/{TimingFile}";

    internal static string Column(string id, string name) => $"{CellsFolder}/{id}/{name}{ColumnSuffix}";

    internal static string Done(string id) => $"{DoneFolder}/{id}";

    internal static string Samples(string suite, string file) => $"{SamplesFolder}/{suite}/{file}";

    internal static string In(string folder, string relative) => Path.Combine(folder, relative.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Letters, digits, '.', '_' and '-', not starting with '.', at most 200: safe as a file name anywhere.</summary>
    internal static bool IsName(string name)
    {
        if (name.Length is 0 or > LongestName || name[0] == '.') return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')) return false;
        return true;
    }

    /// <summary>What an interrupted write or run leaves behind: names that start with '.' and end in ".tmp" or ".building".</summary>
    internal static bool IsLeftover(string name) =>
        name.StartsWith('.') && (name.EndsWith(".tmp", StringComparison.Ordinal) || name.EndsWith(".building", StringComparison.Ordinal));
}
