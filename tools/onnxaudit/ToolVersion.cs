using System.Reflection;

namespace OnnxAudit.Cli;

/// <summary>The version this program was built as.</summary>
internal static class ToolVersion
{
    /// <summary>E.g. "0.1.0".</summary>
    public static string Text { get; } = typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
