namespace OnnxAudit.Runtime;

/// <summary>An operator of the program's own that a graph may use: float32 tensors in and out, run on the CPU whatever the provider of its neighbours.</summary>
/// <param name="name">The operator's name in the graph.</param>
/// <param name="inputs">Per input, whether a node may leave it out.</param>
/// <param name="outputs">Per output, whether a node may leave it out.</param>
public abstract class CustomOperator(string name, IReadOnlyList<bool> inputs, IReadOnlyList<bool> outputs)
{
    /// <summary>The operator's name in the graph.</summary>
    public string Name { get; } = name;

    /// <summary>Per input, whether a node may leave it out.</summary>
    public IReadOnlyList<bool> Inputs { get; } = inputs;

    /// <summary>Per output, whether a node may leave it out.</summary>
    public IReadOnlyList<bool> Outputs { get; } = outputs;

    /// <summary>What runs at one node. Asked once per node, when the session is made.</summary>
    public abstract CustomKernel Create(CustomNode node);
}

/// <summary>A custom operator at one node of one session. Runs of the session may go on from several threads at once.</summary>
public abstract class CustomKernel
{
    /// <summary>Computes the node's outputs. What it throws comes out of the session's run.</summary>
    public abstract void Run(CustomCall call);
}

/// <summary>A node of a custom operator, while its session is made.</summary>
public readonly unsafe ref struct CustomNode
{
    private readonly OrtApi _api;
    private readonly nint _info;

    internal CustomNode(OrtApi api, nint info) => (_api, _info) = (api, info);

    /// <summary>The node's integer attribute of that name.</summary>
    /// <exception cref="AuditException">Environment: it has none.</exception>
    public long Int(string name)
    {
        using var text = new NativeText(name);
        long value;
        OrtStatus.Check(_api, _api.KernelInfoGetAttributeInt64(_info, text.Bytes, &value), $"attribute '{name}' of a custom operator");
        return value;
    }
}
