using System.Text.Json;

namespace OnnxAudit.Families;

/// <summary>What a parameter's value is, as far as a recipe file must know before the operation reads it.</summary>
public enum ParameterKind
{
    /// <summary>A number, a truth value or a text; a list of them is a grid.</summary>
    Value,

    /// <summary>A list that is one value; a list of lists is a grid.</summary>
    List,

    /// <summary>A DATA SPEC. One named data or test is the family's where a step does not name its own.</summary>
    Data,

    /// <summary>A file, from the recipe's folder on.</summary>
    File,

    /// <summary>Another model of the family, by name.</summary>
    Model,

    /// <summary>Preprocessing settings, an object that is one value. The family's where a step does not give its own.</summary>
    Settings,
}

/// <summary>A parameter that an operation takes.</summary>
/// <param name="Name">As the verb's option of the same operation, without dashes.</param>
/// <param name="Kind">What its value is.</param>
public sealed record OperationParameter(string Name, ParameterKind Kind = ParameterKind.Value)
{
    /// <summary>Whether a step with these values takes the family's where it says nothing of this parameter; null: always.</summary>
    public Func<IReadOnlyDictionary<string, JsonElement>, bool>? GivenWhen { get; init; }
}

/// <summary>A way to make one model from another: a row of <see cref="OperationTable"/>.</summary>
/// <param name="Name">What recipes call it, as its verb.</param>
/// <param name="Parameters">Every parameter it takes, in the order the documentation lists them.</param>
/// <param name="Check">
/// Throws for what is wrong with a call, before any work: reads the arguments into the operation's request and, where <see cref="OperationCall.ParentPath"/> is known,
/// looks at that file's graph and opens the data. Fast: every variant of a family is checked before the first is made.
/// </param>
/// <param name="Run">Does it: reads the parent, writes the model with its lineage; returns sentences for people.</param>
public sealed record Operation(
    string Name, IReadOnlyList<OperationParameter> Parameters, Action<OperationCall> Check, Func<OperationCall, IReadOnlyList<string>> Run)
{
    /// <summary>Whether the model made has its parent's layers under their names, so that what is made from it can be checked against the parent's file.</summary>
    public bool KeepsGraph { get; init; } = true;

    /// <summary>How many copies of the parent's weights it holds in memory at once, roughly.</summary>
    public int WeightCopies { get; init; } = 4;
}
