using System.CommandLine;

namespace OnnxAudit.Cli.Verbs;

/// <summary>Prints the script that teaches a shell the verbs and options; each asks the program itself through its [suggest] directive.</summary>
internal static class CompletionVerb
{
    private const string Bash =
        """
        # onnxaudit completion for bash: eval "$(onnxaudit completion bash)"
        _onnxaudit() {
            local line=${COMP_LINE} word=${COMP_WORDS[COMP_CWORD]} found
            found=$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${line}" 2>/dev/null)
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "${found}" -- "${word}"))
            [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default
        }
        complete -F _onnxaudit onnxaudit
        """;

    private const string Zsh =
        """
        #compdef onnxaudit
        # onnxaudit completion for zsh: source <(onnxaudit completion zsh)
        _onnxaudit() {
            local -a found
            found=("${(@f)$(${words[1]} "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a found
            _files
        }
        compdef _onnxaudit onnxaudit
        """;

    private const string Fish =
        """
        # onnxaudit completion for fish: onnxaudit completion fish | source
        complete -c onnxaudit -a '(onnxaudit "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return new Verb("completion", "Print the completion script of a shell.", ["completion bash", "completion fish | source"], [shell], (parsed, terminal, _) =>
        {
            terminal.Out.WriteLine(parsed.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return 0;
        });
    }
}
