using System.Globalization;
using OnnxAudit.Compression;
using OnnxAudit.Data;
using OnnxAudit.Onnx;
using OnnxAudit.Plans;
using OnnxAudit.Runtime;

namespace OnnxAudit.Bench.Audit;

/// <summary>What both contenders run.</summary>
internal sealed record AuditSettings(string Data, string[] Models, int Batch, int Threads, int Pairs, double[] Amounts, string? Contender)
{
    internal static AuditSettings Parse(string[] args)
    {
        string Option(string name, string fallback) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : fallback;
        int Number(string name, int fallback) => int.Parse(Option(name, fallback.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        if (args.Length < 2) throw new ArgumentException("audit DATA MODEL[,MODEL…] [--batch N] [--threads N] [--pairs N] [--amounts A,A,…]");
        var amounts = Option("--amounts", "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(a => double.Parse(a, CultureInfo.InvariantCulture)).ToArray();
        return new AuditSettings(args[0], args[1].Split(','), Number("--batch", 128), Number("--threads", Environment.ProcessorCount), Number("--pairs", 3), amounts,
            Option("--contender", "") is { Length: > 0 } contender ? contender : null);
    }

    internal AuditPlan Plan() => new()
    {
        Variants = [.. Models.Zip(Identifiers.OfModels(Models), (path, id) => VariantExpansion.Of(id, path,
            [.. Amounts.Select(a => new MaskRecipe { Method = "magnitude", Amount = a })])).SelectMany(v => v)],
        Suites = [new SuitePlan("data", Data)],
        Batch = Batch,
        Threads = Threads,
        LatencyRuns = 0,
    };

    /// <summary>The first cell alone. Both contenders run it untimed first, so that neither is measured while its code is still being compiled.</summary>
    internal AuditPlan FirstCell() => Plan() with { Variants = [Plan().Variants[0]] };

    internal static OrtLibrary Runtime() => OrtLibrary.Load(new OrtSearch(null, Environment.GetEnvironmentVariable("ONNXAUDIT_ORT"), AppContext.BaseDirectory,
        System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier));

    internal static Preprocessing? PreprocessingOf(string model)
    {
        var metadata = new Dictionary<string, string>();
        foreach (var (key, value) in OnnxReader.Read(model).Metadata) metadata.TryAdd(key, value);
        return Preprocessing.Find(null, metadata, model);
    }
}
