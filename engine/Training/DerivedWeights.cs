namespace OnnxAudit.Training;

/// <summary>
/// Weights that follow from other numbers: the optimiser changes those, and the graph is fed what follows from them. Steps, checkpoints and the best epoch keep
/// the numbers themselves.
/// </summary>
public abstract class DerivedWeights
{
    /// <summary>The numbers that the optimiser changes, laid out as the weights are.</summary>
    public abstract TensorBlock Trained { get; }

    /// <summary>Turns gradients of the weights into gradients of <see cref="Trained"/>, in place; 0 where nothing is trained.</summary>
    public abstract void Pull(TensorBlock gradients);

    /// <summary>Writes the weights that follow from <see cref="Trained"/> in an epoch, counted from 0.</summary>
    public abstract void Push(TensorBlock weights, int epoch);
}
