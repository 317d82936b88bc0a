namespace OnnxAudit;

/// <summary>Why an operation stopped; the number is the process exit code (DESIGN §6).</summary>
public enum AuditCode
{
    /// <summary>A policy rule failed.</summary>
    PolicyFailed = 1,

    /// <summary>The request itself is wrong: unknown option, amount out of range, unknown kernel form.</summary>
    Usage = 2,

    /// <summary>A model, dataset, bundle or policy file is invalid or unsupported.</summary>
    Invalid = 3,

    /// <summary>The environment or a device failed: a missing library, a full disk, a lost device.</summary>
    Environment = 4,

    /// <summary>The data cannot decide: too few samples, nondeterminism.</summary>
    Inconclusive = 5,
}

/// <summary>
/// The one exception users meet. Its message reads, in this order: where, found, expected, what to do.
/// </summary>
/// <remarks>It lives in the lowest assembly because kernels refuse unknown forms with it. Our own bugs throw other types.</remarks>
public sealed class AuditException : Exception
{
    /// <summary>Builds the error. <paramref name="where"/> names file, node, tensor or row; numbers must be culture-invariant.</summary>
    public AuditException(AuditCode code, string where, string found, string expected, string fix, Exception? inner = null)
        : base($"{where}: found {found}; expected {expected}. {fix}", inner)
    {
        Code = code;
        Where = where;
        Found = found;
        Expected = expected;
        Fix = fix;
    }

    /// <summary>The exit code's reason.</summary>
    public AuditCode Code { get; }

    /// <summary>File, node, tensor, row.</summary>
    public string Where { get; }

    /// <summary>What was met.</summary>
    public string Found { get; }

    /// <summary>What would have been right.</summary>
    public string Expected { get; }

    /// <summary>What to do, a full sentence.</summary>
    public string Fix { get; }
}
