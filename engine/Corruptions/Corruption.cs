namespace OnnxAudit.Corruptions;

/// <summary>A row of <see cref="CorruptionTable"/>.</summary>
/// <param name="Name">The published suites' file name.</param>
/// <param name="Category">Its group.</param>
/// <param name="Extra">One of the four beside the fifteen that mean corruption errors are taken over.</param>
/// <param name="Random">Draws random numbers.</param>
/// <param name="Rule">What it does.</param>
/// <param name="Only">The one profile it exists for, or null.</param>
public sealed record Corruption(string Name, CorruptionCategory Category, bool Extra, bool Random, CorruptionRule Rule, CorruptionProfile? Only = null)
{
    /// <summary>Severities go from 1 to this.</summary>
    public const int Severities = 5;

    /// <summary>Refuses a severity outside 1 to 5.</summary>
    /// <exception cref="AuditException">Usage.</exception>
    public void RequireSeverity(int severity)
    {
        if (severity is < 1 or > Severities)
            throw new AuditException(AuditCode.Usage, Name, FormattableString.Invariant($"severity {severity}"), FormattableString.Invariant($"1 to {Severities}"), "Correct the severity.");
    }

    /// <summary>Refuses a profile the corruption does not exist for.</summary>
    /// <exception cref="AuditException">Usage.</exception>
    public void RequireProfile(CorruptionProfile profile)
    {
        if (Only is { } only && only != profile)
            throw new AuditException(AuditCode.Usage, Name, $"images of the profile {profile}", $"the profile {only}, which alone has this corruption", "Leave this corruption out.");
    }
}
