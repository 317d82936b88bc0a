using OnnxAudit.Bundles;
using OnnxAudit.Checks;
using OnnxAudit.Files;

namespace OnnxAudit.Reports;

/// <summary>The report of a bundle: one HTML file that needs nothing else, no script and no network.</summary>
public static class HtmlReport
{
    /// <summary>Writes the report of <paramref name="bundle"/> to <paramref name="path"/>, whole or not at all, with the verdicts of <paramref name="checks"/> when given.
    /// The same bundle gives the same bytes.</summary>
    /// <exception cref="AuditException">Invalid: a column is damaged. Environment: the file cannot be written.</exception>
    public static void Write(Bundle bundle, string path, CheckReport? checks = null) => AtomicFile.WriteText(path, Text(bundle, checks));

    /// <summary>The report's text.</summary>
    /// <exception cref="AuditException">Invalid: a column is damaged.</exception>
    public static string Text(Bundle bundle, CheckReport? checks = null) => HtmlPage.Write(
        BundleSource.Of(bundle), Readings.Of(bundle.Manifest.PlanJson), CheckSection.Write(checks), SaliencySection.Write(bundle), SimilaritySection.Write(bundle),
        AnalysisReading.Of(bundle));

    /// <summary>The most telling figures of a bundle, at most four.</summary>
    public static IReadOnlyList<KeyFigure> Telling(Bundle bundle) => KeyFigures.Of(BundleSource.Of(bundle));
}
