namespace OnnxAudit.Training;

/// <summary>What a trained tensor does, which decides how it starts.</summary>
public enum WeightRole
{
    /// <summary>Kernel of a convolution.</summary>
    Kernel,

    /// <summary>Matrix of a linear map.</summary>
    Matrix,

    /// <summary>Added to a layer's output.</summary>
    Bias,

    /// <summary>Scale of a normalisation.</summary>
    NormScale,

    /// <summary>Shift of a normalisation.</summary>
    NormShift,

    /// <summary>Anything else that the loss depends on: slopes, layer scales, embeddings.</summary>
    Other,
}

/// <summary>An initializer that training changes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it does.</param>
/// <param name="Dims">Its shape.</param>
/// <param name="FanIn">Inputs of one output of a kernel or matrix, window included; 1 for other roles.</param>
/// <param name="FanOut">Outputs that one input of a kernel or matrix reaches, window included; 1 for other roles.</param>
public sealed record TrainedWeight(string Name, WeightRole Role, long[] Dims, long FanIn = 1, long FanOut = 1)
{
    /// <summary>Number of elements.</summary>
    public long Count => Graphs.Tensor.CountOf(Dims);
}

/// <summary>A batch normalisation's running statistics: state of the engine, updated from the batch's own after every step.</summary>
/// <param name="Mean">Name of the initializer that holds the running mean, [C].</param>
/// <param name="Variance">Name of the one that holds the running variance.</param>
/// <param name="BatchMean">Output of the training graph: the batch's mean.</param>
/// <param name="BatchVariance">Output of the training graph: the batch's population variance.</param>
/// <param name="Channels">C.</param>
/// <param name="PerSample">Elements of one sample and channel: the spatial size.</param>
/// <param name="Momentum">Share of the former statistics that stays: ONNX's momentum, 1 − PyTorch's.</param>
public sealed record RunningStatistics(string Mean, string Variance, string BatchMean, string BatchVariance, int Channels, long PerSample, float Momentum);
