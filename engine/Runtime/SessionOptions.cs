using OnnxAudit.Graphs;

namespace OnnxAudit.Runtime;

/// <summary>Settings as the C API wants them, with the weights given from memory.</summary>
internal sealed unsafe class SessionOptions : IDisposable
{
    private const int LogFatal = 4;

    private readonly OrtLibrary _library;
    private readonly OrtHandle _handle;
    private readonly string _model;
    private List<OrtTensor> _tensors = [];

    /// <summary>Translates <paramref name="settings"/>.</summary>
    /// <exception cref="AuditException">Usage: out of range or refused. Environment: the provider is not there.</exception>
    public SessionOptions(OrtLibrary library, string model, SessionSettings settings, IReadOnlyList<KeyValuePair<string, Tensor>> weights, CustomOperators? operators)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_library, _model, Provider, Profiles) = (library, model, settings.Provider, settings.ProfilePrefix is not null);
        nint options;
        OrtStatus.Check(library.Api, library.Api.CreateSessionOptions(&options), model);
        _handle = new OrtHandle(library.Api, OrtRelease.SessionOptions, options);
        try
        {
            Apply(settings);
            ExecutionProvider.Append(library, Value, settings);
            AddWeights(weights);
            if (operators is not null) AddOperators(operators);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The native options.</summary>
    public nint Value => _handle.DangerousGetHandle();

    /// <summary>The provider asked for.</summary>
    public string Provider { get; }

    /// <summary>Whether a profile is written.</summary>
    public bool Profiles { get; }

    /// <summary>The custom operators, until they are taken.</summary>
    public CustomDomain? Operators { get; private set; }

    /// <summary>Hands over the weights' tensors, which the session needs for as long as it lives.</summary>
    public IReadOnlyList<OrtTensor> TakeTensors()
    {
        var tensors = _tensors;
        _tensors = [];
        return tensors;
    }

    /// <summary>Hands over the custom operators, which the session needs for as long as it lives; null when there are none.</summary>
    public CustomDomain? TakeOperators()
    {
        var operators = Operators;
        Operators = null;
        return operators;
    }

    public void Dispose()
    {
        _handle.Dispose();
        Operators?.Dispose();
        foreach (var tensor in _tensors) tensor.Dispose();
    }

    private void Apply(SessionSettings settings)
    {
        var api = _library.Api;
        Range("threads", settings.Threads);
        Range("inter-op threads", settings.InterOpThreads);
        Check(api.SetSessionLogSeverityLevel(Value, LogFatal), "log level");
        Check(api.SetIntraOpNumThreads(Value, settings.Threads), "threads");
        Check(api.SetInterOpNumThreads(Value, settings.InterOpThreads), "inter-op threads");
        Check(api.SetSessionExecutionMode(Value, settings.InterOpThreads == 1 ? 0 : 1), "execution mode");
        Check(api.SetSessionGraphOptimizationLevel(Value, (int)settings.Level), "optimisation level");
        Check(api.SetDeterministicCompute(Value, settings.Deterministic ? (byte)1 : (byte)0), "deterministic");
        if (settings.ProfilePrefix is { } prefix)
        {
            using var text = NativeText.Path(prefix);
            Check(api.EnableProfiling(Value, text.Bytes), "profile");
        }
        else
        {
            Check(api.DisableProfiling(Value), "profile");
        }

        foreach (var (key, value) in settings.Config)
        {
            using var k = new NativeText(key);
            using var v = new NativeText(value);
            Check(api.AddSessionConfigEntry(Value, k.Bytes, v.Bytes), $"configuration entry '{key}'");
        }
    }

    private void AddWeights(IReadOnlyList<KeyValuePair<string, Tensor>> weights)
    {
        if (weights.Count == 0) return;
        using var names = new NativeTexts(weights.Select(w => w.Key));
        var values = new nint[weights.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (weights[i].Value.Type is ElementType.String)
                throw new AuditException(AuditCode.Usage, $"{_model}, initializer '{weights[i].Key}'", "strings", "numbers", "Override numeric weights only.");
            var tensor = OrtTensor.Over(weights[i].Value);
            _tensors.Add(tensor);
            values[i] = tensor.BeginUse();
            tensor.EndUse();
        }

        fixed (nint* v = values) Check(_library.Api.AddExternalInitializers(Value, names.Pointers, v, names.Count), "weight overrides");
    }

    private void AddOperators(CustomOperators operators)
    {
        Operators = new CustomDomain(_library, operators.Domain, operators.Operators);
        Check(_library.Api.AddCustomOpDomain(Value, Operators.Value), "custom operators");
    }

    private void Range(string what, int value)
    {
        if (value < 0) throw new AuditException(AuditCode.Usage, $"{_model}, {what}", FormattableString.Invariant($"{value}"), "0 or more", "0 lets ONNX Runtime choose.");
    }

    private void Check(nint status, string what)
    {
        if (OrtStatus.Read(_library.Api, status) is { } error)
            throw new AuditException(AuditCode.Usage, $"{_model}, {what}", $"ONNX Runtime's error {error.Code}: {error.Message}", "a setting it takes",
                "Change the setting.");
    }
}
