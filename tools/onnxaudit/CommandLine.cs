using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace OnnxAudit.Cli;

/// <summary>From arguments to an exit code: parses, runs one verb, and turns every way to fail into a message on stderr and a code.</summary>
internal static class CommandLine
{
    /// <summary>Exit code after Ctrl-C or SIGTERM: what was done is kept.</summary>
    public const int Interrupted = 130;

    /// <summary>Exit code of a fault in the program itself (sysexits' EX_SOFTWARE).</summary>
    public const int InternalError = 70;

    private const string Summary = "Audits compressed ONNX image classifiers: what a mask did to accuracy, per class and in feature geometry.";

    /// <summary>Seconds a verb has to end cleanly after Ctrl-C before the process is ended anyway.</summary>
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(30);

    /// <summary>The whole command tree over <paramref name="verbs"/>.</summary>
    public static RootCommand Build(IReadOnlyList<Command> verbs)
    {
        var root = new RootCommand(Summary);
        foreach (var verb in verbs) root.Add(verb);
        foreach (var option in root.Options)
            if (option is HelpOption { Action: HelpAction help }) option.Action = new HelpWithExamples(help);
        return root;
    }

    /// <summary>Parses and runs.</summary>
    public static async Task<int> Run(string[] args, Terminal terminal, IReadOnlyList<Command> verbs)
    {
        var root = Build(verbs);
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var message in Messages(parsed)) terminal.Complain(message);
            terminal.Remark($"See '{Path(parsed)} --help'.");
            return (int)AuditCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new TerminalConfiguration(terminal)
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = EndingTime,
                Output = terminal.Out,
                Error = terminal.Error,
            });
        }
        catch (AuditException e)
        {
            terminal.Complain(e.Message);
            return (int)e.Code;
        }
        catch (OperationCanceledException)
        {
            terminal.Remark("interrupted; finished work is kept");
            return Interrupted;
        }
        catch (OutOfMemoryException)
        {
            terminal.Complain("memory: found less than the work needs; expected room for the model and one batch. Use a smaller --batch or a larger machine.");
            return (int)AuditCode.Environment;
        }
        catch (Exception e)
        {
            terminal.Complain($"internal error: {e}");
            terminal.Remark("This is a fault in onnxaudit, not in your files. Please report it with the command line, the version and the lines above.");
            return InternalError;
        }
        finally
        {
            terminal.Out.Flush();
            terminal.Error.Flush();
        }
    }

    /// <summary>The parser's messages, one line each; that no verb was given is said only when nothing else is wrong.</summary>
    private static IEnumerable<string> Messages(ParseResult parsed)
    {
        var messages = parsed.Errors.Select(e => string.Join(' ', e.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Distinct().ToArray();
        return messages.Length > 1 ? messages.Where(m => !m.StartsWith("Required command", StringComparison.Ordinal)) : messages;
    }

    private static string Path(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return command is RootCommand ? "onnxaudit" : $"onnxaudit {command.Name}";
    }

    private sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = inner.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            if (parseResult.CommandResult.Command is Verb { Examples: { Count: > 0 } examples })
            {
                output.WriteLine("Examples:");
                foreach (var example in examples) output.WriteLine($"  {Continued($"onnxaudit {example}")}");
                output.WriteLine();
            }
            else if (parseResult.CommandResult.Command is RootCommand)
            {
                output.WriteLine("Exit codes:");
                output.WriteLine("  0 pass, 1 a policy failed, 2 usage, 3 model or data invalid or unsupported,");
                output.WriteLine("  4 environment or device fault, 5 inconclusive, 70 internal error,");
                output.WriteLine("  130 interrupted");
                output.WriteLine();
            }

            return code;
        }

        /// <summary>A command line cut before options into lines that fit 80 columns and still can be copied.</summary>
        private static string Continued(string command)
        {
            const int width = 76;
            var line = 0;
            var text = new System.Text.StringBuilder();
            foreach (var part in command.Replace(" -", "\n-").Split('\n'))
            {
                if (line > 0 && line + 1 + part.Length > width)
                {
                    text.Append(" \\\n      ");
                    line = 4;
                }
                else if (line > 0) text.Append(' ');
                text.Append(part);
                line += part.Length + 1;
            }

            return text.ToString();
        }
    }
}
