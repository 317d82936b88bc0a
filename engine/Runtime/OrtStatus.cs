using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace OnnxAudit.Runtime;

/// <summary>ONNX Runtime's error codes (enum OrtErrorCode).</summary>
internal enum OrtErrorCode
{
    Ok = 0,
    Fail = 1,
    InvalidArgument = 2,
    NoSuchFile = 3,
    NoModel = 4,
    EngineError = 5,
    RuntimeException = 6,
    InvalidProtobuf = 7,
    ModelLoaded = 8,
    NotImplemented = 9,
    InvalidGraph = 10,
    ProviderFail = 11,
}

/// <summary>What a C API call answered when it did not succeed.</summary>
internal sealed record OrtError(OrtErrorCode Code, string Message)
{
    /// <summary>The node the message names; null when it names none.</summary>
    public string? Node => OrtStatus.NodeOf(Message);
}

/// <summary>Reads statuses and turns them into errors.</summary>
internal static partial class OrtStatus
{
    /// <summary>Null for success; otherwise the error, whose status is freed.</summary>
    public static unsafe OrtError? Read(OrtApi api, nint status)
    {
        if (status == 0) return null;
        var error = new OrtError((OrtErrorCode)api.GetErrorCode(status), OneLine(Marshal.PtrToStringUTF8((nint)api.GetErrorMessage(status)) ?? ""));
        api.Release(OrtRelease.Status, status);
        return error;
    }

    /// <summary>Throws when a call failed that only a broken library or an exhausted machine can make fail.</summary>
    /// <exception cref="AuditException">Environment, with ONNX Runtime's message.</exception>
    public static void Check(OrtApi api, nint status, string where)
    {
        if (Read(api, status) is { } error)
            throw new AuditException(AuditCode.Environment, where, $"ONNX Runtime's error {error.Code}: {error.Message}", "success",
                "Check the ONNX Runtime library and the machine's memory.");
    }

    /// <summary>The error of loading or running a model, with ONNX Runtime's own words, the model, and the node when those words name one.</summary>
    public static AuditException Failure(OrtError error, string model, string expected, string fix)
    {
        var code = error.Code is OrtErrorCode.EngineError or OrtErrorCode.ProviderFail ? AuditCode.Environment : AuditCode.Invalid;
        var where = error.Node is { } node ? $"{model}, node '{node}'" : model;
        return new AuditException(code, where, $"ONNX Runtime's error {error.Code}: {error.Message}", expected, fix);
    }

    /// <summary>The node a message names. ONNX Runtime writes it in four ways, by where the error arose: kernel, kernel lookup, shape inference, checker.</summary>
    internal static string? NodeOf(string message)
    {
        foreach (Match match in NodeNames().Matches(message))
            foreach (Group group in match.Groups.Values.Skip(1))
                if (group is { Success: true, Length: > 0 }) return group.Value;
        return null;
    }

    private static string OneLine(string message) => message.Trim().ReplaceLineEndings(" ");

    [GeneratedRegex("""node\. Name:'([^']*)'|with name '([^']*)'|Node \(([^)]*)\) Op|In Node, \("([^"]*)"|Node:\s?(\S+)\s""", RegexOptions.CultureInvariant)]
    private static partial Regex NodeNames();
}
