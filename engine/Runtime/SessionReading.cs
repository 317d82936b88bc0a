using System.Runtime.InteropServices;
using OnnxAudit.Graphs;

namespace OnnxAudit.Runtime;

/// <summary>Reads what a session declares: values and metadata.</summary>
internal static unsafe class SessionReading
{
    /// <summary>The values of one kind, in the model's order.</summary>
    public static List<ValueDescription> Values(OrtLibrary library, nint session, ValueKind kind, string model)
    {
        var api = library.Api;
        nuint count;
        OrtStatus.Check(api, api.SessionGetCount(kind, session, &count), model);
        var values = new List<ValueDescription>();
        for (nuint i = 0; i < count; i++)
        {
            byte* text;
            OrtStatus.Check(api, api.SessionGetName(kind, session, i, library.Allocator, &text), model);
            var name = library.Take(text);
            nint raw, tensor;
            OrtStatus.Check(api, api.SessionGetTypeInfo(kind, session, i, &raw), model);
            using var info = new OrtHandle(api, OrtRelease.TypeInfo, raw);
            OrtStatus.Check(api, api.CastTypeInfoToTensorInfo(raw, &tensor), model);
            values.Add(tensor == 0 ? new ValueDescription(name, ElementType.Undefined, [], false) : Describe(api, tensor, name, model));
        }

        return values;
    }

    /// <summary>The model's metadata.</summary>
    public static ModelMetadata Metadata(OrtLibrary library, nint session, string model)
    {
        var api = library.Api;
        nint raw;
        long version;
        OrtStatus.Check(api, api.SessionGetModelMetadata(session, &raw), model);
        using var metadata = new OrtHandle(api, OrtRelease.ModelMetadata, raw);
        OrtStatus.Check(api, api.ModelMetadataGetVersion(raw, &version), model);
        return new ModelMetadata(
            Text(library, raw, 112, model), Text(library, raw, 113, model), Text(library, raw, 114, model), Text(library, raw, 115, model),
            Text(library, raw, 158, model), version, Custom(library, raw, model));
    }

    /// <summary>Element type and dimensions of a tensor's info.</summary>
    public static (ElementType Type, long[] Dims) Shape(OrtApi api, nint info, string where)
    {
        int type;
        nuint rank;
        OrtStatus.Check(api, api.GetTensorElementType(info, &type), where);
        OrtStatus.Check(api, api.GetDimensionsCount(info, &rank), where);
        var dims = new long[rank];
        fixed (long* d = dims) OrtStatus.Check(api, api.GetDimensions(info, d, rank), where);
        return ((ElementType)type, dims);
    }

    private static ValueDescription Describe(OrtApi api, nint info, string name, string model)
    {
        var (type, sizes) = Shape(api, info, model);
        var symbols = new nint[sizes.Length];
        fixed (nint* s = symbols) OrtStatus.Check(api, api.GetSymbolicDimensions(info, (byte**)s, (nuint)sizes.Length), model);
        var dims = new Dim[sizes.Length];
        for (var i = 0; i < dims.Length; i++)
        {
            var symbol = Marshal.PtrToStringUTF8(symbols[i]);
            dims[i] = sizes[i] >= 0 ? sizes[i] : new Dim(null, string.IsNullOrEmpty(symbol) ? null : symbol);
        }

        // Before 1.24 an unknown rank reads as rank 0; taking it as unknown only loses the early check of a scalar.
        return new ValueDescription(name, type, dims, dims.Length > 0 || (api.Minor >= 24 && api.HasShape(info)));
    }

    private static string Text(OrtLibrary library, nint metadata, int slot, string model)
    {
        byte* text;
        OrtStatus.Check(library.Api, library.Api.ModelMetadataGetText(slot, metadata, library.Allocator, &text), model);
        return library.Take(text);
    }

    private static Dictionary<string, string> Custom(OrtLibrary library, nint metadata, string model)
    {
        var api = library.Api;
        byte** keys;
        long count;
        OrtStatus.Check(api, api.ModelMetadataGetCustomMetadataMapKeys(metadata, library.Allocator, &keys, &count), model);
        var custom = new Dictionary<string, string>();
        for (long i = 0; i < count; i++)
        {
            byte* value;
            OrtStatus.Check(api, api.ModelMetadataLookupCustomMetadataMap(metadata, library.Allocator, keys[i], &value), model);
            custom[library.Take(keys[i])] = library.Take(value);
        }

        if (keys is not null) OrtStatus.Check(api, api.AllocatorFree(library.Allocator, keys), model);
        return custom;
    }
}
