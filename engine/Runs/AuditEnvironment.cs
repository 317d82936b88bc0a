using OnnxAudit.Runtime;

namespace OnnxAudit.Runs;

/// <summary>What the world outside gives a run; the engine reaches for none of it by itself.</summary>
/// <param name="Runtime">The loaded ONNX Runtime.</param>
/// <param name="Clock">Times latencies and progress; never decides a result.</param>
/// <param name="ToolVersion">Version written into bundles.</param>
/// <param name="Host">Facts about the machine for timing.json (name, CPU model, cores).</param>
/// <param name="KernelCache">Folder for built OpenCL programs; null keeps none. Decides speed alone.</param>
public sealed record AuditEnvironment(OrtLibrary Runtime, TimeProvider Clock, string ToolVersion, IReadOnlyList<KeyValuePair<string, string>> Host, string? KernelCache = null);

/// <summary>Where a run stands: cell <see cref="CellNumber"/> of <see cref="CellCount"/>, <see cref="SamplesDone"/> of <see cref="SampleCount"/> in it.</summary>
public readonly record struct RunProgress(Cell Cell, int CellNumber, int CellCount, int SamplesDone, int SampleCount, double ImagesPerSecond);
