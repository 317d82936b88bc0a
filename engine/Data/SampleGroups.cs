using System.Globalization;

namespace OnnxAudit.Data;

/// <summary>A named set of samples.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Samples">Positions in the dataset, ascending, each once; empty when a taken range holds none of the group.</param>
public sealed record SampleGroup(string Name, int[] Samples);

/// <summary>Reads sample groups from CSV: a header with the columns sample and group, then a row per membership. Groups may overlap.</summary>
public static class SampleGroups
{
    private const int LongestName = 200;

    /// <summary>The groups of <paramref name="csvPath"/>, in order of first mention.</summary>
    /// <exception cref="AuditException">Invalid: a row that cannot be read, a sample its source lacks, or the same row twice; names file and line.</exception>
    public static IReadOnlyList<SampleGroup> Read(string csvPath, ImageDataset dataset) => Read(csvPath, dataset, out _);

    /// <summary>As above. Sample numbers are indices in the source; rows outside the range taken are counted in <paramref name="outside"/>.</summary>
    /// <exception cref="AuditException">Invalid: as above.</exception>
    public static IReadOnlyList<SampleGroup> Read(string csvPath, ImageDataset dataset, out int outside)
    {
        var positions = Positions(dataset);
        var groups = new Dictionary<string, SortedSet<int>>(StringComparer.Ordinal);
        var order = new List<string>();
        var seen = new HashSet<(long Sample, string Group)>();
        outside = 0;
        foreach (var row in CsvRows.Read(csvPath, ["sample", "group"]))
        {
            var (sample, name) = (Sample(row, dataset), Name(row));
            if (!seen.Add((sample, name))) throw row.Bad($"sample {row["sample"]} in group '{name}' again", "each membership once", "Remove the second row.");
            if (!groups.TryGetValue(name, out var members))
            {
                groups.Add(name, members = []);
                order.Add(name);
            }

            if (positions.TryGetValue(sample, out var position)) members.Add(position);
            else outside++;
        }

        if (order.Count == 0) throw DataFault.Empty(csvPath);
        return [.. order.Select(name => new SampleGroup(name, [.. groups[name]]))];
    }

    private static long Sample(CsvRow row, ImageDataset dataset)
    {
        var last = dataset.SourceCount - 1;
        return long.TryParse(row["sample"], NumberStyles.None, CultureInfo.InvariantCulture, out var sample) && sample <= last ? sample
            : throw row.Bad($"sample '{row["sample"]}'", FormattableString.Invariant($"an index from 0 to {last} in {dataset.Spec}"), "Number samples as they stand in the source, from 0.");
    }

    private static string Name(CsvRow row)
    {
        var name = row["group"].Trim();
        return name.Length is > 0 and <= LongestName && !name.Any(char.IsControl) ? name
            : throw row.Bad("a group name that is empty, too long or holds control characters", FormattableString.Invariant($"1 to {LongestName} characters"), "Name the group.");
    }

    private static Dictionary<long, int> Positions(ImageDataset dataset)
    {
        var source = dataset.SourceIndices.Span;
        var positions = new Dictionary<long, int>(source.Length);
        for (var i = 0; i < source.Length; i++) positions.Add(source[i], i);
        return positions;
    }
}
