namespace OnnxAudit.Reports;

/// <summary>What was run, from which files, under which readings of the definitions.</summary>
internal static class RunSection
{
    /// <summary>Facts, files, readings and the plan itself.</summary>
    public static Markup Write(ReportSource source, IReadOnlyList<KeyValuePair<string, string>> readings) => Markup.Of($"""
        <dl class="facts">{Pairs(source.Facts)}</dl>
        <h3>Files</h3><div class="scroll"><table><thead><tr><th>Kind</th><th>Name</th><th>Detail</th><th>SHA-256</th></tr></thead><tbody>
        {Markup.Join(source.Files.Select(f => Markup.Of($"<tr><td>{f.Kind}</td><th scope=\"row\">{Markup.Name(f.Id)}</th><td>{f.Detail}</td><td class=\"digest\">{f.Sha256}</td></tr>")))}</tbody></table></div>
        <h3>How the definitions are read</h3><p>The literature leaves these open; the figures above hold under these readings.</p><dl class="facts">{Pairs(readings)}</dl>
        <details><summary>The plan, as kept in the bundle</summary><pre>{source.Plan}</pre></details>
        """);

    private static Markup Pairs(IReadOnlyList<KeyValuePair<string, string>> pairs) =>
        Markup.Join(pairs.Select(p => Markup.Of($"<div><dt>{p.Key}</dt><dd>{p.Value}</dd></div>")));
}
