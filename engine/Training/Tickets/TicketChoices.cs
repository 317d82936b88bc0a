namespace OnnxAudit.Training.Tickets;

/// <summary>What becomes of the weights that a ticket keeps.</summary>
public enum TicketMethod
{
    /// <summary>α·sign(w), one α a layer: the mean |w| over the kept. Source: Diffenderfer and Kailkhura, arXiv:2103.09377.</summary>
    Biprop,

    /// <summary>w as drawn. Source: Ramanujan et al., arXiv:1911.13299.</summary>
    EdgePopup,
}

/// <summary>What the weights are drawn from.</summary>
public enum TicketWeightKind
{
    /// <summary>±std, signs by fair coins.</summary>
    SignedConstant,

    /// <summary>N(0, std²).</summary>
    KaimingNormal,
}

/// <summary>How the deviation of the drawn weights makes up for the removed; κ = 1 − amount is the share kept.</summary>
public enum FanScale
{
    /// <summary>std = √(2/fan-in): it does not.</summary>
    None,

    /// <summary>√(2/(κ·fan-in)), as the papers mean it.</summary>
    Paper,

    /// <summary>√(2/((1 − κ)·fan-in)), as the published programs have it.</summary>
    Code,
}

/// <summary>Names of choices, as command lines and recipes write them.</summary>
public static class TicketNames
{
    /// <summary>Methods by name.</summary>
    public static IReadOnlyDictionary<string, TicketMethod> Methods { get; } =
        new Dictionary<string, TicketMethod> { ["biprop"] = TicketMethod.Biprop, ["edge-popup"] = TicketMethod.EdgePopup };

    /// <summary>Weights by name.</summary>
    public static IReadOnlyDictionary<string, TicketWeightKind> Weights { get; } =
        new Dictionary<string, TicketWeightKind> { ["signed-constant"] = TicketWeightKind.SignedConstant, ["kaiming-normal"] = TicketWeightKind.KaimingNormal };

    /// <summary>Scales by name.</summary>
    public static IReadOnlyDictionary<string, FanScale> Scales { get; } =
        new Dictionary<string, FanScale> { ["none"] = FanScale.None, ["paper"] = FanScale.Paper, ["code"] = FanScale.Code };

    /// <summary>The name of a method.</summary>
    public static string Of(TicketMethod method) => Methods.First(p => p.Value == method).Key;

    /// <summary>The name of a kind of weights.</summary>
    public static string Of(TicketWeightKind kind) => Weights.First(p => p.Value == kind).Key;

    /// <summary>The name of a scale.</summary>
    public static string Of(FanScale scale) => Scales.First(p => p.Value == scale).Key;
}
