using System.Globalization;
using OnnxAudit.Corruptions;

namespace OnnxAudit.Tests.Corruptions;

/// <summary>Draws of a golden row's choosing: "angle 30" for every number in an interval, "dx -1 dy 0" for every pair of offsets; coins always fall true, signs are always +.</summary>
internal sealed class ScriptedDraws(string script) : CorruptionDraws
{
    private readonly string[] _words = script.Split(' ');
    private int _integers;

    public override double Uniform() => 0;

    public override double Normal() => 0;

    public override double Uniform(double from, double to) => _words[0] == "angle" ? Number(_words[1]) : from;

    // Offsets are drawn as 0 to 2d − 1 for −d to d − 1, dx before dy.
    public override int Integer(int n) => n / 2 + (_words[0] == "dx" ? (int)Number(_words[_integers++ % 2 == 0 ? 1 : 3]) : 0);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
