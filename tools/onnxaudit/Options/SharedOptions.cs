using System.CommandLine;

namespace OnnxAudit.Cli.Options;

/// <summary>Options that several verbs take under the same name and meaning. Each call makes a new one: an option belongs to one verb.</summary>
internal static class SharedOptions
{
    /// <summary>--json.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print the result as JSON, for machines" };

    /// <summary>--threads.</summary>
    public static Option<int> Threads(string description = "Threads to use; recorded: resume and merge ask for the same")
    {
        var option = new Option<int>("--threads") { Description = description, HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1024) result.AddError("--threads takes a number from 1 to 1024.");
        });
        return option;
    }

    /// <summary>--seed.</summary>
    public static Option<ulong> Seed() => new("--seed") { Description = "Seed of everything random", HelpName = "N", DefaultValueFactory = _ => 0 };

    /// <summary>--head.</summary>
    public static Option<string?> Head() => new("--head") { Description = "Name of the classifier-head node, when the search must not choose", HelpName = "NODE" };

    /// <summary>-o.</summary>
    public static Option<string> Output(string what, string helpName) => new("--output", "-o") { Description = what, HelpName = helpName, Required = true };

    /// <summary>--resume.</summary>
    public static Option<bool> Resume() => new("--resume") { Description = "Go on with an interrupted run: finished cells are kept" };

    /// <summary>--overwrite.</summary>
    public static Option<bool> Overwrite() => new("--overwrite") { Description = "Replace a bundle that is there already" };

    /// <summary>The argument that names a model file.</summary>
    public static Argument<string> Model() => new("MODEL") { Description = "An ONNX file" };

    /// <summary>The argument that names a bundle.</summary>
    public static Argument<string> Bundle() => new("BUNDLE") { Description = "A folder that an audit wrote" };
}
