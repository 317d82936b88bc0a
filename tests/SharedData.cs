namespace OnnxAudit.Tests;

/// <summary>The folder of real data, models and oracles that ONNXAUDIT_DATA names. Tests that need it skip with a visible reason without it.</summary>
public static class SharedData
{
    private static readonly string? Root = Environment.GetEnvironmentVariable("ONNXAUDIT_DATA");

    /// <summary>The full path of a file or folder under ONNXAUDIT_DATA; skips the test when the variable is unset.</summary>
    public static string Require(string relative)
    {
        Skip.If(string.IsNullOrEmpty(Root), "ONNXAUDIT_DATA is unset: no real data");
        var path = Path.GetFullPath(Path.Combine(Root!, relative));
        Assert.True(Path.Exists(path), $"{path} is missing from ONNXAUDIT_DATA");
        return path;
    }
}
