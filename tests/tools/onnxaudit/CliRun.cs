using OnnxAudit.Cli;

namespace OnnxAudit.Tests.Tools;

/// <summary>What a command line gave.</summary>
internal sealed record CliRun(int Code, string Out, string Error)
{
    /// <summary>Runs the program in this process, as it runs redirected.</summary>
    public static CliRun Of(params string[] args) => At(null, args);

    /// <summary>As it runs on a terminal of <paramref name="width"/> columns, without colour.</summary>
    public static CliRun At(int? width, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = CommandLine.Run(args, new Terminal(output, error, width, ErrorIsTerminal: false, Colour: false), Program.Verbs()).GetAwaiter().GetResult();
        return new CliRun(code, output.ToString(), error.ToString());
    }
}
