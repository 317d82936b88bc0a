using OnnxAudit.Data;
using OnnxAudit.Graphs;

namespace OnnxAudit.Compression;

/// <summary>Preprocessing settings of a JSON beside a parent, which would not be found from a child's name: they go into the child's metadata.</summary>
internal static class CarriedPreprocessing
{
    /// <summary>Puts what stands beside the parent into the model's metadata, unless that has settings already, and says so.</summary>
    public static IEnumerable<string> Into(Model model, string inPath)
    {
        if (model.MetadataOf(Preprocessing.MetadataKey) is not null) return [];
        try
        {
            if (Preprocessing.Find(null, new Dictionary<string, string>(), inPath) is not { } found) return [];
            model.SetMetadata(Preprocessing.MetadataKey, found.ToJson());
            return [$"Preprocessing settings of {found.Source} went into the model's metadata."];
        }
        catch (AuditException e) when (e.Code == AuditCode.Invalid)
        {
            return [$"The JSON beside the parent holds no preprocessing settings and was left alone ({e.Message})"];
        }
    }
}
