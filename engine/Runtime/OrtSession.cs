using OnnxAudit.Graphs;

namespace OnnxAudit.Runtime;

/// <summary>A model ready to run. Runs may go on from several threads at once; disposing waits for none, the last one to end frees the session.</summary>
public sealed unsafe class OrtSession : IDisposable
{
    private readonly OrtLibrary _library;
    private readonly OrtSessionHandle _handle;
    private readonly CustomDomain? _operators;
    private readonly bool _profiles;
    private readonly Dictionary<string, (ValueDescription Value, NativeText Text)> _inputs = [];
    private readonly Dictionary<string, (ValueDescription Value, NativeText Text)> _outputs = [];

    private OrtSession(OrtLibrary library, nint session, string modelName, SessionOptions options)
    {
        (_library, ModelName, _profiles) = (library, modelName, options.Profiles);
        _handle = new OrtSessionHandle(library.Api, session);
        foreach (var tensor in options.TakeTensors()) _handle.Keep(tensor);
        if (options.TakeOperators() is { } operators) _operators = _handle.Keep(operators);
        try
        {
            Inputs = SessionReading.Values(library, session, ValueKind.Input, modelName);
            Outputs = SessionReading.Values(library, session, ValueKind.Output, modelName);
            OverridableInitializers = SessionReading.Values(library, session, ValueKind.OverridableInitializer, modelName);
            Metadata = SessionReading.Metadata(library, session, modelName);
            foreach (var value in Inputs.Concat(OverridableInitializers)) _inputs[value.Name] = (value, _handle.Keep(new NativeText(value.Name)));
            foreach (var value in Outputs) _outputs[value.Name] = (value, _handle.Keep(new NativeText(value.Name)));
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    /// <summary>The model's name in messages.</summary>
    public string ModelName { get; }

    /// <summary>Values every run must be given.</summary>
    public IReadOnlyList<ValueDescription> Inputs { get; }

    /// <summary>Values a run can be asked for.</summary>
    public IReadOnlyList<ValueDescription> Outputs { get; }

    /// <summary>Initializers that are also listed as graph inputs (IR version 4 and newer): a run may give another value for them.</summary>
    public IReadOnlyList<ValueDescription> OverridableInitializers { get; }

    /// <summary>What the model says about itself.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>A session over a model in memory; the bytes are not needed afterwards.</summary>
    /// <param name="library">ONNX Runtime.</param>
    /// <param name="model">A serialised ModelProto.</param>
    /// <param name="modelName">The model's name in messages.</param>
    /// <param name="settings">Threads, provider, optimisation.</param>
    /// <param name="externalInitializers">
    /// Weights by name, for initializers that the bytes declare as external data (no file need exist). They take part in graph optimisation like the
    /// file's own. The session keeps their memory.
    /// </param>
    /// <param name="operators">Operators of the program's own that the model uses; null for none.</param>
    /// <exception cref="AuditException">Usage: settings out of range. Invalid: the model cannot be loaded. Environment: the provider is not there.</exception>
    public static OrtSession FromMemory(
        OrtLibrary library, ReadOnlyMemory<byte> model, string modelName, SessionSettings settings,
        IReadOnlyList<KeyValuePair<string, Tensor>>? externalInitializers = null, CustomOperators? operators = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        using var options = new SessionOptions(library, modelName, settings, externalInitializers ?? [], operators);
        using var pin = model.Pin();
        using var env = new OrtLease(library.Env, nameof(OrtLibrary));
        nint session;
        var status = library.Api.CreateSessionFromArray(env.Value, pin.Pointer, (nuint)model.Length, options.Value, &session);
        return Made(library, status, session, modelName, options);
    }

    /// <summary>A session over a model file; its external data is looked for beside it.</summary>
    /// <exception cref="AuditException">As <see cref="FromMemory"/>.</exception>
    public static OrtSession FromFile(
        OrtLibrary library, string path, SessionSettings settings, IReadOnlyList<KeyValuePair<string, Tensor>>? externalInitializers = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        using var options = new SessionOptions(library, path, settings, externalInitializers ?? [], null);
        using var text = NativeText.Path(path);
        using var env = new OrtLease(library.Env, nameof(OrtLibrary));
        nint session;
        var status = library.Api.CreateSession(env.Value, text.Bytes, options.Value, &session);
        return Made(library, status, session, path, options);
    }

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">Every input by name, and any overridable initializers.</param>
    /// <param name="outputs">Names of the wanted outputs.</param>
    /// <param name="cancellation">Ends the run between two nodes.</param>
    /// <returns>The outputs in the order asked for; the caller disposes them.</returns>
    /// <exception cref="AuditException">Usage: a name unknown, missing or given twice. Invalid: type or shape does not fit, or the model fails.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The session or a tensor is disposed.</exception>
    public OrtTensor[] Run(ReadOnlySpan<(string Name, OrtTensor Tensor)> inputs, IReadOnlyList<string> outputs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        var names = new nint[outputs.Count];
        var values = new nint[outputs.Count];
        for (var i = 0; i < names.Length; i++) names[i] = (nint)Find(_outputs, outputs[i], "output").Text.Bytes;
        Execute(inputs, names, values, cancellation);
        var results = new OrtTensor[values.Length];
        var adopted = 0;
        try
        {
            for (; adopted < results.Length; adopted++)
                results[adopted] = OrtTensor.Adopt(_library, values[adopted], $"{ModelName}, output '{outputs[adopted]}'");
        }
        catch
        {
            foreach (var result in results.AsSpan(0, adopted)) result.Dispose();
            foreach (var value in values.AsSpan(adopted + 1)) _library.Api.Release(OrtRelease.Value, value);
            throw;
        }

        return results;
    }

    /// <summary>Runs the model and writes its outputs into given tensors, without copies.</summary>
    /// <param name="inputs">Every input by name, and any overridable initializers.</param>
    /// <param name="outputs">The wanted outputs by name, of the type and shape the model will make.</param>
    /// <param name="cancellation">Ends the run between two nodes.</param>
    /// <exception cref="AuditException">As <see cref="Run"/>.</exception>
    /// <exception cref="ArgumentException">An output is read-only.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The session or a tensor is disposed.</exception>
    public void RunInto(
        ReadOnlySpan<(string Name, OrtTensor Tensor)> inputs, ReadOnlySpan<(string Name, OrtTensor Tensor)> outputs, CancellationToken cancellation = default)
    {
        var names = new nint[outputs.Length];
        var values = new nint[outputs.Length];
        var used = 0;
        try
        {
            for (; used < values.Length; used++)
            {
                var (name, tensor) = outputs[used];
                var (declared, text) = Find(_outputs, name, "output");
                Check(declared, tensor, "output");
                if (tensor.IsReadOnly)
                    throw new ArgumentException($"{ModelName}, output '{name}': {tensor} stands over a constant and is read-only", nameof(outputs));
                names[used] = (nint)text.Bytes;
                values[used] = tensor.BeginUse();
            }

            Execute(inputs, names, values, cancellation);
        }
        finally
        {
            for (var i = 0; i < used; i++) outputs[i].Tensor.EndUse();
        }
    }

    /// <summary>Ends profiling and answers the profile's path.</summary>
    /// <exception cref="InvalidOperationException">The session was made without <see cref="SessionSettings.ProfilePrefix"/>.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public string EndProfiling()
    {
        if (!_profiles) throw new InvalidOperationException($"{ModelName}: the session was made without a profile");
        using var session = new OrtLease(_handle, Disposed);
        byte* file;
        OrtStatus.Check(_library.Api, _library.Api.SessionEndProfiling(session.Value, _library.Allocator, &file), ModelName);
        return _library.Take(file);
    }

    /// <summary>Frees the session once no run uses it any more.</summary>
    public void Dispose() => _handle.Dispose();

    private string Disposed => $"OrtSession of {ModelName}";

    private static OrtSession Made(OrtLibrary library, nint status, nint session, string modelName, SessionOptions options)
    {
        if (OrtStatus.Read(library.Api, status) is { } error)
        {
            options.Operators?.ThrowFailure();
            throw OrtStatus.Failure(error, modelName, $"a model that ONNX Runtime {library.Version} loads with provider {options.Provider}",
                "Check the model's operators and weights, or use a newer ONNX Runtime.");
        }

        return new OrtSession(library, session, modelName, options);
    }

    private (ValueDescription Value, NativeText Text) Find(
        Dictionary<string, (ValueDescription Value, NativeText Text)> values, string name, string role) =>
        values.TryGetValue(name, out var found) ? found
        : throw new AuditException(AuditCode.Usage, ModelName, $"no {role} '{name}'",
            values.Count == 0 ? $"no {role} at all" : $"one of {string.Join(", ", values.Keys.Select(k => $"'{k}'"))}", "Use the model's own names.");

    private void Check(ValueDescription declared, OrtTensor tensor, string role)
    {
        if (declared.Type != tensor.Type || !declared.Fits(tensor.Dims))
            throw new AuditException(AuditCode.Invalid, $"{ModelName}, {role} '{declared.Name}'", $"{tensor}", $"{declared}",
                "Give a tensor of the declared type and shape.");
    }

    /// <summary>Checks the inputs and runs. <paramref name="outputs"/> holds null for outputs that ONNX Runtime is to make.</summary>
    private void Execute(ReadOnlySpan<(string Name, OrtTensor Tensor)> inputs, nint[] outputNames, nint[] outputs, CancellationToken cancellation)
    {
        using var session = new OrtLease(_handle, Disposed);
        cancellation.ThrowIfCancellationRequested();
        var names = new nint[inputs.Length];
        var values = new nint[inputs.Length];
        var used = 0;
        try
        {
            for (; used < values.Length; used++)
            {
                var (name, tensor) = inputs[used];
                var (declared, text) = Find(_inputs, name, "input");
                Check(declared, tensor, "input");
                names[used] = (nint)text.Bytes;
                if (names.AsSpan(0, used).Contains(names[used]))
                    throw new AuditException(AuditCode.Usage, $"{ModelName}, input '{name}'", "two values", "one", "Give every input once.");
                values[used] = tensor.BeginUse();
            }

            foreach (var value in Inputs)
                if (!names.Contains((nint)_inputs[value.Name].Text.Bytes))
                    throw new AuditException(AuditCode.Usage, $"{ModelName}, input '{value.Name}'", "no value", $"{value}", "Give every input of the model.");
            Call(session.Value, names, values, outputNames, outputs, cancellation);
        }
        finally
        {
            for (var i = 0; i < used; i++) inputs[i].Tensor.EndUse();
        }
    }

    private void Call(nint session, nint[] names, nint[] values, nint[] outputNames, nint[] outputs, CancellationToken cancellation)
    {
        using var options = cancellation.CanBeCanceled ? new OrtRunOptions(_library.Api, ModelName) : null;
        using var registration = cancellation.UnsafeRegister(static o => ((OrtRunOptions)o!).Terminate(), options);
        nint status;
        fixed (nint* n = names, v = values, on = outputNames, o = outputs)
        {
            status = _library.Api.Run(session, options?.Value ?? 0, (byte**)n, v, (nuint)names.Length, (byte**)on, (nuint)outputs.Length, o);
        }

        if (OrtStatus.Read(_library.Api, status) is not { } error) return;
        if (cancellation.IsCancellationRequested) throw new OperationCanceledException($"{ModelName}: run cancelled", cancellation);
        _operators?.ThrowFailure();
        throw OrtStatus.Failure(error, ModelName, "a run without error", "Check the model and the values it is given.");
    }
}

/// <summary>A session and what must live as long: the weights given from memory and the names it is called with.</summary>
internal sealed class OrtSessionHandle(OrtApi api, nint session) : OrtHandle(api, OrtRelease.Session, session)
{
    private readonly List<IDisposable> _kept = [];

    /// <summary>Disposes <paramref name="item"/> after the session.</summary>
    public T Keep<T>(T item) where T : IDisposable
    {
        _kept.Add(item);
        return item;
    }

    protected override bool ReleaseHandle()
    {
        var released = base.ReleaseHandle();
        foreach (var item in _kept) item.Dispose();
        return released;
    }
}

/// <summary>One run's options: the switch that ends it.</summary>
internal sealed unsafe class OrtRunOptions : IDisposable
{
    private readonly OrtApi _api;
    private readonly OrtHandle _handle;

    public OrtRunOptions(OrtApi api, string where)
    {
        nint options;
        OrtStatus.Check(api, api.CreateRunOptions(&options), where);
        (_api, _handle) = (api, new OrtHandle(api, OrtRelease.RunOptions, options));
    }

    public nint Value => _handle.DangerousGetHandle();

    /// <summary>Makes the run end before its next node. A failure to ask leaves the run going, which is what a late request does too.</summary>
    public void Terminate() => OrtStatus.Read(_api, _api.RunOptionsSetTerminate(Value));

    public void Dispose() => _handle.Dispose();
}
