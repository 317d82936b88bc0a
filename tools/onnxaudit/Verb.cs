using System.CommandLine;

namespace OnnxAudit.Cli;

/// <summary>A verb: its summary is its help text, its examples follow the options, its body returns the exit code.</summary>
internal sealed class Verb : Command
{
    /// <summary>Makes a verb over its symbols (arguments and options, in help order) and its body.</summary>
    public Verb(string name, string summary, IReadOnlyList<string> examples, IReadOnlyList<Symbol> symbols, Func<ParseResult, Terminal, CancellationToken, int> body)
        : base(name, summary)
    {
        Examples = examples;
        foreach (var symbol in symbols)
            if (symbol is Option option) Add(option);
            else Add((Argument)symbol);
        SetAction((parsed, cancellation) => Task.Run(() => body(parsed, ((TerminalConfiguration)parsed.InvocationConfiguration).Terminal, cancellation), CancellationToken.None));
    }

    /// <summary>Command lines to copy, without the program's name.</summary>
    public IReadOnlyList<string> Examples { get; }
}

/// <summary>Carries the terminal to the verb that runs.</summary>
internal sealed class TerminalConfiguration(Terminal terminal) : InvocationConfiguration
{
    /// <summary>Where the verb writes.</summary>
    public Terminal Terminal { get; } = terminal;
}
