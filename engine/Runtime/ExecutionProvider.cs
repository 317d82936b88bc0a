namespace OnnxAudit.Runtime;

/// <summary>Chooses a session's execution provider. The CPU stands behind every other one for the nodes it does not take.</summary>
internal static unsafe class ExecutionProvider
{
    /// <summary>The provider that every build has; nothing is appended for it.</summary>
    public const string Cpu = "cpu";

    private const string Suffix = "ExecutionProvider";

    /// <summary>Providers that are not appended under the name they report, with the name or the slots they are appended by.</summary>
    private static readonly (string Name, string? AppendedAs, ProviderSlots? Slots)[] Exceptions =
    [
        ("cuda", null, ProviderSlots.Cuda),
        ("tensorrt", null, ProviderSlots.TensorRt),
        ("dnnl", null, ProviderSlots.Dnnl),
        ("cann", null, ProviderSlots.Cann),
        ("xnnpack", "XNNPACK", null),
        ("webgpu", "WebGPU", null),
        ("dml", "DML", null),
    ];

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

        var reported = library.Providers.FirstOrDefault(p => ShortName(p).Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new AuditException(AuditCode.Environment, $"ONNX Runtime {library.Version} ({library.Path})", $"no execution provider '{name}'",
                $"one of {string.Join(", ", library.Providers.Select(p => ShortName(p).ToLowerInvariant()))}",
                "Choose one of these, or name a library that has it with --ort PATH.");
        using var keys = new NativeTexts(settings.ProviderOptions.Keys);
        using var values = new NativeTexts(settings.ProviderOptions.Values);
        var exception = Array.Find(Exceptions, e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        nint status;
        if (exception.Slots is { } slots)
        {
            status = AppendWithOptions(library.Api, sessionOptions, slots, keys, values);
        }
        else
        {
            using var text = new NativeText(exception.AppendedAs ?? ShortName(reported));
            status = library.Api.AppendExecutionProvider(sessionOptions, text.Bytes, keys.Pointers, values.Pointers, keys.Count);
        }

        if (OrtStatus.Read(library.Api, status) is { } error)
            throw new AuditException(AuditCode.Environment, $"execution provider '{name}'", $"ONNX Runtime's error {error.Code}: {error.Message}",
                "a provider that starts", "Check its options, its device and its driver libraries.");
    }

    /// <summary>The provider's name without its suffix: CPU, CUDA, WebGpu, ….</summary>
    public static string ShortName(string provider) =>
        provider.EndsWith(Suffix, StringComparison.Ordinal) ? provider[..^Suffix.Length] : provider;

    private static nint AppendWithOptions(OrtApi api, nint sessionOptions, ProviderSlots slots, NativeTexts keys, NativeTexts values)
    {
        nint raw;
        var status = api.CreateProviderOptions(slots, &raw);
        if (status != 0) return status;
        using var options = new OrtHandle(api, slots.Release, raw);
        status = api.UpdateProviderOptions(slots, raw, keys.Pointers, values.Pointers, keys.Count);
        return status != 0 ? status : api.AppendProvider(slots, sessionOptions, raw);
    }
}
