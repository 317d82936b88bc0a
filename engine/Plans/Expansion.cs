using OnnxAudit.Compression;
using OnnxAudit.Data;

namespace OnnxAudit.Plans;

/// <summary>From one model and several masks to variants.</summary>
public static class VariantExpansion
{
    /// <summary>The model as it is (unless <paramref name="dense"/> is false), then one variant a mask.</summary>
    public static IEnumerable<VariantPlan> Of(string modelId, string path, IReadOnlyList<MaskRecipe> masks, bool dense = true)
    {
        if (dense) yield return new VariantPlan(modelId, path, null);
        foreach (var mask in masks) yield return new VariantPlan(Identifiers.OfVariant(modelId, mask), path, mask);
    }
}

/// <summary>From a DATA SPEC to suites: a whole <c>suite:</c> folder becomes one suite a corruption and severity.</summary>
public static class SuiteExpansion
{
    /// <summary>The suites of a spec, under ids made from the spec; with a <paramref name="grid"/>, each of them as it is and under every corruption.</summary>
    public static IEnumerable<SuitePlan> Of(string spec, CorruptionGrid? grid = null) =>
        DataSpec.Expand(spec).Select(one => new SuitePlan(Identifiers.OfSuite(one), one)).SelectMany(clean => grid?.Over(clean) ?? [clean]);
}
