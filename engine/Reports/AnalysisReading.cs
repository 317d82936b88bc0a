using OnnxAudit.Analyses;
using OnnxAudit.Bundles;

namespace OnnxAudit.Reports;

/// <summary>The analysis that a report shows.</summary>
internal static class AnalysisReading
{
    /// <summary>Of a finished bundle, with the settings of its analysis "default" where there is one: computed again, which gives what stands there. Null for an unfinished bundle.</summary>
    /// <exception cref="AuditException">Invalid: a column or the analysis is damaged, or the analysis is of another state of the bundle.</exception>
    public static Analysis? Of(Bundle bundle) =>
        bundle.IsFinished ? Analysis.Of(bundle, AnalysisFolder.Settings(bundle, AnalysisFolder.DefaultName) ?? new AnalysisSettings()) : null;
}
