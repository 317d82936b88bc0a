using OnnxAudit.Compression;
using OnnxAudit.Onnx;

namespace OnnxAudit.Families;

/// <summary>
/// Makes a planned family: each variant once everything it is made from is there, several at a time where memory allows. What is there under its key is kept.
/// A variant that fails takes only its descendants with it. The index is written before the first and after each, so that an interruption loses nothing finished.
/// </summary>
public sealed class FamilyRun
{
    // What a session and its arena take beside the weights, by experience with small networks.
    private const long SessionBytes = 96L << 20;

    private readonly FamilyPlan _plan;
    private readonly FamilyOptions _options;
    private readonly IProgress<FamilyProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly FamilyIndex? _before;
    private readonly Dictionary<string, FamilyEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _notes = new(StringComparer.Ordinal);
    private volatile int _done;

    private FamilyRun(FamilyPlan plan, FamilyOptions options, IProgress<FamilyProgress>? progress, CancellationToken cancellation) =>
        (_plan, _options, _progress, _cancellation, _before) = (plan, options, progress, cancellation, FamilyIndex.Read(plan.Folder));

    /// <summary>Makes what is not there.</summary>
    /// <exception cref="AuditException">Usage: jobs out of range, or a file in the folder that this would replace and did not make. Invalid: a damaged index. Environment: the disk.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; what is finished is kept.</exception>
    public static FamilyReport Run(FamilyPlan plan, FamilyOptions options, IProgress<FamilyProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (options.Jobs is < 1 or > 64) throw new AuditException(AuditCode.Usage, "jobs", FormattableString.Invariant($"{options.Jobs}"), "1 to 64", "Change --jobs.");
        var run = new FamilyRun(plan, options, progress, cancellation);
        run.RefuseStrangers();
        run.Begin();
        run.MakeAll();
        return run.Report();
    }

    private void RefuseStrangers()
    {
        var ours = _before?.Entries.Select(e => e.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        var starts = _plan.Recipe.Models.SelectMany(m => BaseFiles.Of(m).Copies, (m, c) => (From: Path.GetFullPath(c.From), To: Path.GetFullPath(Path.Combine(_plan.Folder, c.Name)), m.Name));
        var stranger = starts.Where(s => s.From != s.To && File.Exists(s.To) && !ours.Contains(s.Name) && Files.Digest.OfFile(s.To) != Files.Digest.OfFile(s.From)).Select(s => s.To)
            .Concat(_plan.Order.Where(v => !ours.Contains(v.Name) && File.Exists(_plan.PathOf(v.Name))).Select(v => _plan.PathOf(v.Name))).FirstOrDefault();
        if (stranger is not null)
            throw new AuditException(AuditCode.Usage, stranger, "a file that this family did not make", "a folder of its own, or one that a recipe was made in", "Choose another -o, or move the file away.");
    }

    private void Begin()
    {
        foreach (var model in _plan.Recipe.Models)
        {
            var files = BaseFiles.Of(model);
            files.CopyInto(_plan.Folder);
            _entries[model.Name] = new FamilyEntry(model.Name, FamilyState.Made, [], null, null) { Sha256 = files.Sha256 };
        }

        // An interruption must not forget what was there: a variant stands with its earlier key and digest until it is looked at.
        foreach (var variant in _plan.Recipe.Variants) _entries[variant.Name] = AsBefore(variant);
        WriteIndex();
    }

    private FamilyEntry AsBefore(FamilyVariant variant) => Waiting(variant) with { Key = Before(variant)?.Key, Sha256 = Before(variant)?.Sha256 };

    private FamilyEntry? Before(FamilyVariant variant) => _before?.Entries.FirstOrDefault(e => e.Name == variant.Name);

    private static FamilyEntry Waiting(FamilyVariant variant) =>
        new(variant.Name, FamilyState.Waiting, [.. variant.Sources], variant.Operation.Name, variant.Arguments.GetRawText());

    private void MakeAll()
    {
        var open = _plan.Order.ToList();
        var running = new List<Making>();
        Exception? fault = null;
        while (open.Count > 0 || running.Count > 0)
        {
            if (fault is null && !_cancellation.IsCancellationRequested) Start(open, running);
            if (running.Count == 0 && (fault is not null || _cancellation.IsCancellationRequested)) break;
            if (running.Count == 0) continue;
            var ended = running[Task.WaitAny([.. running.Select(r => r.Task)], CancellationToken.None)];
            running.Remove(ended);
            fault ??= Ended(ended);
        }

        if (fault is not null) throw new InvalidOperationException($"an operation broke: {fault.Message}", fault);
        _cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Starts what can be started, in order, and gives up what cannot.</summary>
    private void Start(List<FamilyVariant> open, List<Making> running)
    {
        foreach (var variant in open.ToArray())
        {
            if (running.Count >= _options.Jobs) return;
            if (variant.Sources.FirstOrDefault(s => _entries[s].State is FamilyState.Failed or FamilyState.NotMade) is { } lost)
            {
                open.Remove(variant);
                End(variant, Waiting(variant) with { State = FamilyState.NotMade, Error = $"'{lost}', which it is made from, is not there" });
                continue;
            }

            if (variant.Sources.Any(s => _entries[s].State != FamilyState.Made)) continue;
            var key = FamilyKey.Of(_plan, variant, s => _entries[s].Sha256!);
            if (Before(variant) is { } before && !_options.Again && before.Key == key && before.Sha256 is { } sha && IsThere(variant, sha))
            {
                open.Remove(variant);
                _kept.Add(variant.Name);
                End(variant, Waiting(variant) with { State = FamilyState.Made, Key = key, Sha256 = sha });
                continue;
            }

            var bytes = SessionBytes + variant.Operation.WeightCopies * new FileInfo(_plan.PathOf(variant.Parent)).Length;
            if (running.Count > 0 && running.Sum(r => r.Bytes) + bytes > _options.MemoryBytes) return;
            open.Remove(variant);
            running.Add(new Making(variant, key, bytes, Task.Factory.StartNew(() => Make(variant, key), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        }
    }

    private bool IsThere(FamilyVariant variant, string sha)
    {
        try
        {
            return File.Exists(_plan.PathOf(variant.Name)) && DigestOf(variant) == sha;
        }
        catch (AuditException)
        {
            return false; // damaged since: it is made again
        }
    }

    private string DigestOf(FamilyVariant variant) => ModelFiles.DigestOf(OnnxReader.Read(_plan.PathOf(variant.Name)), _plan.PathOf(variant.Name));

    private (string Sha256, IReadOnlyList<string> Notes) Make(FamilyVariant variant, string key)
    {
        var work = _plan.WorkFolderOf(variant, key);
        var progress = _progress is null ? null : new Told(this, variant);
        progress?.Report(new OperationProgress(0, variant.Operation.Name));
        var notes = variant.Operation.Run(_plan.CallOf(variant) with { WorkFolder = work, Progress = progress, Cancellation = _cancellation });
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        return (DigestOf(variant), notes);
    }

    /// <summary>Takes the result of a task; returns what is no error of the user's.</summary>
    private Exception? Ended(Making making)
    {
        var waiting = Waiting(making.Variant) with { Key = making.Key };
        switch (making.Task.Exception?.InnerException)
        {
            case null:
                var (sha, notes) = making.Task.Result;
                _notes[making.Variant.Name] = notes;
                End(making.Variant, waiting with { State = FamilyState.Made, Sha256 = sha });
                return null;
            case OperationCanceledException:
                return null;
            case AuditException e:
                _codes[making.Variant.Name] = (int)e.Code;
                End(making.Variant, waiting with { State = FamilyState.Failed, Error = e.Message });
                return null;
            case var other:
                return other;
        }
    }

    private void End(FamilyVariant variant, FamilyEntry entry)
    {
        _entries[variant.Name] = entry;
        _done++;
        WriteIndex();
        _progress?.Report(new FamilyProgress(variant, _done, _plan.Order.Count, 1, entry.Error ?? "", entry.State));
    }

    private FamilyIndex Index()
    {
        var named = _plan.Recipe.Models.Select(m => m.Name).Concat(_plan.Recipe.Variants.Select(v => v.Name)).ToArray();
        var earlier = (_before?.Entries ?? []).Where(e => !named.Contains(e.Name, StringComparer.Ordinal) && File.Exists(_plan.PathOf(e.Name))).Select(e => e with { State = FamilyState.Earlier });
        return new FamilyIndex(_plan.Recipe.Name, [.. named.Select(n => _entries[n]), .. earlier]);
    }

    private void WriteIndex() => Index().Write(_plan.Folder);

    private FamilyReport Report()
    {
        var work = Path.Combine(_plan.Folder, ".work");
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        var code = _plan.Recipe.Variants.Select(v => _codes.GetValueOrDefault(v.Name)).FirstOrDefault(c => c != 0);
        return new FamilyReport(Index(), _plan.Folder, [.. _plan.Recipe.Variants.Select(v => v.Name).Where(_kept.Contains)],
            [.. _plan.Recipe.Variants.SelectMany(v => _notes.GetValueOrDefault(v.Name, []).Select(n => (v.Name, n)))], code);
    }

    private sealed record Making(FamilyVariant Variant, string Key, long Bytes, Task<(string Sha256, IReadOnlyList<string> Notes)> Task);

    private sealed class Told(FamilyRun run, FamilyVariant variant) : IProgress<OperationProgress>
    {
        public void Report(OperationProgress value) => run._progress!.Report(new FamilyProgress(variant, run._done, run._plan.Order.Count, value.Share, value.Text));
    }
}
