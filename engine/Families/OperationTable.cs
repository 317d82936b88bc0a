using OnnxAudit.Families.Operations;

namespace OnnxAudit.Families;

/// <summary>The operations that recipe files may name: the only registration.</summary>
public static class OperationTable
{
    /// <summary>Every operation, in the order they are listed to people.</summary>
    public static IReadOnlyList<Operation> Rows { get; } =
    [
        PruneOperation.Row,
        ShrinkOperation.Row,
        TrainOperation.Row,
        RetrainOperation.Row,
        TicketsOperation.Row,
        RecalibrateOperation.Row,
        QuantizeOperation.Row,
        FactorizeOperation.Row,
        WidthOperation.Row,
    ];

    /// <summary>The operation of that name, or null.</summary>
    public static Operation? Find(string name) => Rows.FirstOrDefault(r => r.Name == name);
}
