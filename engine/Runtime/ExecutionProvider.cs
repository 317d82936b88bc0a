namespace OnnxAudit.Runtime;

/// <summary>Chooses a session's execution provider. The CPU stands behind every other one for the nodes it does not take.</summary>
internal static unsafe class ExecutionProvider
{
    /// <summary>The provider that every build has; nothing is appended for it.</summary>
    public const string Cpu = "cpu";

    private const string Suffix = "ExecutionProvider";

    /// <summary>
    /// Providers that are not appended under the name they report, live in a library of their own (its stem is given), or get an option unless the user sets it.
    /// WebGPU's own layout is NHWC, in which ONNX Runtime 1.30 computes convolutions of 6 channels wrongly (tests: ProviderConvolutionTests).
    /// </summary>
    private static readonly Row[] Rows =
    [
        new("cuda", Slots: ProviderSlots.Cuda, Library: "cuda"),
        new("tensorrt", Slots: ProviderSlots.TensorRt, Library: "tensorrt"),
        new("nvtensorrtrtx", Library: "nv_tensorrt_rtx"),
        new("dnnl", Slots: ProviderSlots.Dnnl, Library: "dnnl"),
        new("cann", Slots: ProviderSlots.Cann, Library: "cann"),
        new("openvino", Library: "openvino"),
        new("vitisai", Library: "vitisai"),
        new("migraphx", Library: "migraphx"),
        new("xnnpack", AppendedAs: "XNNPACK"),
        new("webgpu", AppendedAs: "WebGPU", Option: ("preferredLayout", "NCHW")),
        new("dml", AppendedAs: "DML"),
    ];

    /// <summary>Refuses a provider that the library does not offer, before any session is made.</summary>
    /// <exception cref="AuditException">Environment: names those it offers.</exception>
    public static void Require(OrtLibrary library, string name)
    {
        if (!name.Equals(Cpu, StringComparison.OrdinalIgnoreCase) && !library.Providers.Any(p => ShortName(p).Equals(name, StringComparison.OrdinalIgnoreCase)))
            throw Unavailable(library, name);
    }

    /// <summary>Appends the provider that <paramref name="settings"/> names.</summary>
    /// <exception cref="AuditException">Usage: options for the CPU. Environment: the library lacks the provider, or the provider finds no device.</exception>
    public static void Append(OrtLibrary library, nint sessionOptions, SessionSettings settings)
    {
        var name = settings.Provider;
        if (name.Equals(Cpu, StringComparison.OrdinalIgnoreCase))
        {
            if (settings.ProviderOptions.Count > 0)
                throw new AuditException(AuditCode.Usage, "provider cpu", $"option '{settings.ProviderOptions.Keys.First()}'", "no provider options",
                    "Options of the session itself are configuration entries.");
            return;
        }

        var reported = library.Providers.FirstOrDefault(p => ShortName(p).Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw Unavailable(library, name);
        var row = RowOf(name);
        var given = new Dictionary<string, string>(settings.ProviderOptions);
        if (row?.Option is var (key, value)) given.TryAdd(key, value);
        using var keys = new NativeTexts(given.Keys);
        using var values = new NativeTexts(given.Values);
        nint status;
        if (row?.Slots is { } slots)
        {
            status = AppendWithOptions(library.Api, sessionOptions, slots, keys, values);
        }
        else
        {
            using var text = new NativeText(row?.AppendedAs ?? ShortName(reported));
            status = library.Api.AppendExecutionProvider(sessionOptions, text.Bytes, keys.Pointers, values.Pointers, keys.Count);
        }

        if (OrtStatus.Read(library.Api, status) is { } error)
            throw new AuditException(AuditCode.Environment, $"execution provider '{name}'", $"ONNX Runtime's error {error.Code}: {error.Message}",
                "a provider that starts", "Check its options, its device and its driver libraries.");
    }

    /// <summary>Of <paramref name="providers"/>, those whose own library is not beside the one at <paramref name="path"/>, with the missing file's name.</summary>
    public static Dictionary<string, string> MissingLibraries(IEnumerable<string> providers, string path)
    {
        var missing = new Dictionary<string, string>();
        foreach (var provider in providers)
        {
            if (Path.GetDirectoryName(path) is not { Length: > 0 } folder || RowOf(ShortName(provider))?.Library is not { } stem) continue;
            var file = OperatingSystem.IsWindows() ? $"onnxruntime_providers_{stem}.dll" : $"libonnxruntime_providers_{stem}.so";
            if (!File.Exists(Path.Combine(folder, file))) missing[provider] = file;
        }

        return missing;
    }

    /// <summary>The provider's name without its suffix: CPU, CUDA, WebGpu, ….</summary>
    public static string ShortName(string provider) =>
        provider.EndsWith(Suffix, StringComparison.Ordinal) ? provider[..^Suffix.Length] : provider;

    private static Row? RowOf(string name) => Array.Find(Rows, r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static AuditException Unavailable(OrtLibrary library, string name)
    {
        var missing = library.MissingProviders.FirstOrDefault(m => ShortName(m.Key).Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        return new AuditException(AuditCode.Environment, $"ONNX Runtime {library.Version} ({library.Path})",
            $"no execution provider '{name}'{(missing is null ? "" : $" (it lacks {missing} beside it)")}",
            $"one of {string.Join(", ", library.Providers.Select(p => ShortName(p).ToLowerInvariant()))}",
            "Choose one of these, or name a library that has it with --ort PATH.");
    }

    private static nint AppendWithOptions(OrtApi api, nint sessionOptions, ProviderSlots slots, NativeTexts keys, NativeTexts values)
    {
        nint raw;
        var status = api.CreateProviderOptions(slots, &raw);
        if (status != 0) return status;
        using var options = new OrtHandle(api, slots.Release, raw);
        status = api.UpdateProviderOptions(slots, raw, keys.Pointers, values.Pointers, keys.Count);
        return status != 0 ? status : api.AppendProvider(slots, sessionOptions, raw);
    }

    private sealed record Row(string Name, string? AppendedAs = null, ProviderSlots? Slots = null, string? Library = null, (string Key, string Value)? Option = null);
}
