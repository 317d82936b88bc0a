namespace OnnxAudit.Runtime;

/// <summary>
/// The function table of ONNX Runtime's C API, one member per slot in use. Slot numbers never change between versions; newer versions append.
/// Members that answer a status give 0 for success; <see cref="OrtStatus"/> reads and frees the others. All names are the C API's.
/// </summary>
/// <remarks>Source: onnxruntime_c_api.h, struct OrtApi. Every slot here is in version 1.17, except where a member says otherwise.</remarks>
internal sealed unsafe class OrtApi(void** slots, int minor)
{
    /// <summary>The oldest API version that has every slot below.</summary>
    public const uint MinimumVersion = 17;

    /// <summary>Minor version of the library (1.minor.x), which says how far the table reaches.</summary>
    public int Minor { get; } = minor;

    public nint CreateStatus(int code, byte* message) => ((delegate* unmanaged<int, byte*, nint>)slots[0])(code, message);

    public int GetErrorCode(nint status) => ((delegate* unmanaged<nint, int>)slots[1])(status);

    public byte* GetErrorMessage(nint status) => ((delegate* unmanaged<nint, byte*>)slots[2])(status);

    public nint CreateEnv(int severity, byte* logId, nint* env) => ((delegate* unmanaged<int, byte*, nint*, nint>)slots[3])(severity, logId, env);

    public nint DisableTelemetryEvents(nint env) => ((delegate* unmanaged<nint, nint>)slots[6])(env);

    public nint CreateSession(nint env, void* path, nint options, nint* session) =>
        ((delegate* unmanaged<nint, void*, nint, nint*, nint>)slots[7])(env, path, options, session);

    public nint CreateSessionFromArray(nint env, void* data, nuint length, nint options, nint* session) =>
        ((delegate* unmanaged<nint, void*, nuint, nint, nint*, nint>)slots[8])(env, data, length, options, session);

    public nint Run(nint session, nint runOptions, byte** inputNames, nint* inputs, nuint inputCount, byte** outputNames, nuint outputCount, nint* outputs) =>
        ((delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint>)slots[9])(
            session, runOptions, inputNames, inputs, inputCount, outputNames, outputCount, outputs);

    public nint CreateSessionOptions(nint* options) => ((delegate* unmanaged<nint*, nint>)slots[10])(options);

    public nint SetSessionExecutionMode(nint options, int mode) => ((delegate* unmanaged<nint, int, nint>)slots[13])(options, mode);

    public nint EnableProfiling(nint options, void* prefix) => ((delegate* unmanaged<nint, void*, nint>)slots[14])(options, prefix);

    public nint DisableProfiling(nint options) => ((delegate* unmanaged<nint, nint>)slots[15])(options);

    public nint SetSessionLogSeverityLevel(nint options, int level) => ((delegate* unmanaged<nint, int, nint>)slots[22])(options, level);

    public nint SetSessionGraphOptimizationLevel(nint options, int level) => ((delegate* unmanaged<nint, int, nint>)slots[23])(options, level);

    public nint SetIntraOpNumThreads(nint options, int threads) => ((delegate* unmanaged<nint, int, nint>)slots[24])(options, threads);

    public nint SetInterOpNumThreads(nint options, int threads) => ((delegate* unmanaged<nint, int, nint>)slots[25])(options, threads);

    public nint CreateCustomOpDomain(byte* name, nint* domain) => ((delegate* unmanaged<byte*, nint*, nint>)slots[26])(name, domain);

    public nint CustomOpDomainAdd(nint domain, nint op) => ((delegate* unmanaged<nint, nint, nint>)slots[27])(domain, op);

    public nint AddCustomOpDomain(nint options, nint domain) => ((delegate* unmanaged<nint, nint, nint>)slots[28])(options, domain);

    public nint SessionGetCount(ValueKind kind, nint session, nuint* count) =>
        ((delegate* unmanaged<nint, nuint*, nint>)slots[30 + (int)kind])(session, count);

    public nint SessionGetTypeInfo(ValueKind kind, nint session, nuint index, nint* info) =>
        ((delegate* unmanaged<nint, nuint, nint*, nint>)slots[33 + (int)kind])(session, index, info);

    public nint SessionGetName(ValueKind kind, nint session, nuint index, nint allocator, byte** name) =>
        ((delegate* unmanaged<nint, nuint, nint, byte**, nint>)slots[36 + (int)kind])(session, index, allocator, name);

    public nint CreateRunOptions(nint* options) => ((delegate* unmanaged<nint*, nint>)slots[39])(options);

    public nint RunOptionsSetTerminate(nint options) => ((delegate* unmanaged<nint, nint>)slots[46])(options);

    public nint CreateTensorWithDataAsOrtValue(nint memoryInfo, void* data, nuint length, long* shape, nuint rank, int type, nint* value) =>
        ((delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)slots[49])(memoryInfo, data, length, shape, rank, type, value);

    public nint IsTensor(nint value, int* isTensor) => ((delegate* unmanaged<nint, int*, nint>)slots[50])(value, isTensor);

    public nint GetTensorMutableData(nint value, void** data) => ((delegate* unmanaged<nint, void**, nint>)slots[51])(value, data);

    public nint CastTypeInfoToTensorInfo(nint typeInfo, nint* tensorInfo) => ((delegate* unmanaged<nint, nint*, nint>)slots[55])(typeInfo, tensorInfo);

    public nint GetTensorElementType(nint info, int* type) => ((delegate* unmanaged<nint, int*, nint>)slots[60])(info, type);

    public nint GetDimensionsCount(nint info, nuint* count) => ((delegate* unmanaged<nint, nuint*, nint>)slots[61])(info, count);

    public nint GetDimensions(nint info, long* dims, nuint count) => ((delegate* unmanaged<nint, long*, nuint, nint>)slots[62])(info, dims, count);

    public nint GetSymbolicDimensions(nint info, byte** names, nuint count) => ((delegate* unmanaged<nint, byte**, nuint, nint>)slots[63])(info, names, count);

    public nint GetTensorTypeAndShape(nint value, nint* info) => ((delegate* unmanaged<nint, nint*, nint>)slots[65])(value, info);

    public nint CreateCpuMemoryInfo(int allocatorType, int memoryType, nint* info) =>
        ((delegate* unmanaged<int, int, nint*, nint>)slots[69])(allocatorType, memoryType, info);

    public nint AllocatorFree(nint allocator, void* memory) => ((delegate* unmanaged<nint, void*, nint>)slots[76])(allocator, memory);

    public nint GetAllocatorWithDefaultOptions(nint* allocator) => ((delegate* unmanaged<nint*, nint>)slots[78])(allocator);

    public nint KernelInfoGetAttributeInt64(nint info, byte* name, long* value) => ((delegate* unmanaged<nint, byte*, long*, nint>)slots[86])(info, name, value);

    public nint KernelContextGetInput(nint context, nuint index, nint* value) => ((delegate* unmanaged<nint, nuint, nint*, nint>)slots[90])(context, index, value);

    public nint KernelContextGetOutput(nint context, nuint index, long* dims, nuint rank, nint* value) =>
        ((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)slots[91])(context, index, dims, rank, value);

    /// <summary>Any of the Release functions: ReleaseEnv 92 to ReleaseSessionOptions 100, ReleaseModelMetadata 118. Null is allowed.</summary>
    public void Release(int slot, nint handle) => ((delegate* unmanaged<nint, void>)slots[slot])(handle);

    public nint SessionEndProfiling(nint session, nint allocator, byte** file) => ((delegate* unmanaged<nint, nint, byte**, nint>)slots[110])(session, allocator, file);

    public nint SessionGetModelMetadata(nint session, nint* metadata) => ((delegate* unmanaged<nint, nint*, nint>)slots[111])(session, metadata);

    /// <summary>A string of the metadata: producer 112, graph name 113, domain 114, description 115, graph description 158.</summary>
    public nint ModelMetadataGetText(int slot, nint metadata, nint allocator, byte** text) =>
        ((delegate* unmanaged<nint, nint, byte**, nint>)slots[slot])(metadata, allocator, text);

    public nint ModelMetadataLookupCustomMetadataMap(nint metadata, nint allocator, byte* key, byte** value) =>
        ((delegate* unmanaged<nint, nint, byte*, byte**, nint>)slots[116])(metadata, allocator, key, value);

    public nint ModelMetadataGetVersion(nint metadata, long* version) => ((delegate* unmanaged<nint, long*, nint>)slots[117])(metadata, version);

    public nint ModelMetadataGetCustomMetadataMapKeys(nint metadata, nint allocator, byte*** keys, long* count) =>
        ((delegate* unmanaged<nint, nint, byte***, long*, nint>)slots[123])(metadata, allocator, keys, count);

    public nint GetAvailableProviders(byte*** names, int* count) => ((delegate* unmanaged<byte***, int*, nint>)slots[125])(names, count);

    public nint ReleaseAvailableProviders(byte** names, int count) => ((delegate* unmanaged<byte**, int, nint>)slots[126])(names, count);

    public nint AddSessionConfigEntry(nint options, byte* key, byte* value) => ((delegate* unmanaged<nint, byte*, byte*, nint>)slots[130])(options, key, value);

    public nint AddExternalInitializers(nint options, byte** names, nint* values, nuint count) =>
        ((delegate* unmanaged<nint, byte**, nint*, nuint, nint>)slots[210])(options, names, values, count);

    public nint AppendExecutionProvider(nint options, byte* name, byte** keys, byte** values, nuint count) =>
        ((delegate* unmanaged<nint, byte*, byte**, byte**, nuint, nint>)slots[216])(options, name, keys, values, count);

    /// <summary>Makes the options object of a provider with an options type of its own; see <see cref="ProviderSlots"/>.</summary>
    public nint CreateProviderOptions(ProviderSlots provider, nint* options) => ((delegate* unmanaged<nint*, nint>)slots[provider.Create])(options);

    public nint UpdateProviderOptions(ProviderSlots provider, nint options, byte** keys, byte** values, nuint count) =>
        ((delegate* unmanaged<nint, byte**, byte**, nuint, nint>)slots[provider.Update])(options, keys, values, count);

    public nint AppendProvider(ProviderSlots provider, nint sessionOptions, nint options) =>
        ((delegate* unmanaged<nint, nint, nint>)slots[provider.Append])(sessionOptions, options);

    public nint SetDeterministicCompute(nint options, byte value) => ((delegate* unmanaged<nint, byte, nint>)slots[273])(options, value);

    /// <summary>Calls <paramref name="body"/>(data, 0 … count − 1) on the session's threads, in <paramref name="batches"/> pieces, or one by one when 0.</summary>
    public nint KernelContextParallelFor(nint context, delegate* unmanaged[Cdecl]<nint, nuint, void> body, nuint count, nuint batches, nint data) =>
        ((delegate* unmanaged<nint, delegate* unmanaged[Cdecl]<nint, nuint, void>, nuint, nuint, nint, nint>)slots[274])(context, body, count, batches, data);

    /// <summary>Whether the rank is known; needs 1.24, older libraries report an unknown rank as rank 0.</summary>
    public bool HasShape(nint info) => ((delegate* unmanaged<nint, byte>)slots[390])(info) != 0;
}

/// <summary>Which of a session's values: their functions stand in this order in the table.</summary>
internal enum ValueKind
{
    Input = 0,
    Output = 1,
    OverridableInitializer = 2,
}

/// <summary>Slots of an execution provider that has an options type of its own.</summary>
internal sealed record ProviderSlots(int Append, int Create, int Update, int Release)
{
    public static readonly ProviderSlots Cuda = new(204, 205, 206, 208);
    public static readonly ProviderSlots TensorRt = new(170, 171, 172, 174);
    public static readonly ProviderSlots Dnnl = new(239, 240, 241, 243);
    public static readonly ProviderSlots Cann = new(220, 221, 222, 224);
}
