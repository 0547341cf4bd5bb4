using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ChatApp.Tests.Runs.Log;

/// <summary>
/// Any interleaving of appends, commits, readers, failures and crashes keeps the log's promises. More cases:
/// CHATAPP_PROPERTY_CASES; the same again: CHATAPP_PROPERTY_SEED, as a failure tells it: (seed,gamma,size).
/// </summary>
public sealed class RunLogPropertyTests
{
    private static readonly Gen<LogStep> Step =
        from op in Gen.Frequency(
            (4, Gen.Constant(LogOp.Begin)), (30, Gen.Constant(LogOp.Append)), (12, Gen.Constant(LogOp.Read)), (4, Gen.Constant(LogOp.Finish)),
            (2, Gen.Constant(LogOp.FailCall)), (1, Gen.Constant(LogOp.Fill)), (2, Gen.Constant(LogOp.MakeRoom)), (2, Gen.Constant(LogOp.Crash)))
        from target in Gen.Choose(0, 1000)
        from size in Gen.Frequency((9, Gen.Choose(0, 20)), (1, Gen.Choose(0, 4000)))
        select new LogStep(op, target, size);

    // The first step begins a run, so that the others have something to work on. Settling and trimming come never, or after
    // 21 or 5 batches.
    private static readonly Arbitrary<LogCase> Cases = Arb.From(
        from steps in Gen.ArrayOf(Step, 60)
        from stretch in Gen.Elements(1, 500, 2501)
        select new LogCase(stretch, [new LogStep(LogOp.Begin, 0, 0), .. steps]), Shorter);

    [Fact]
    public void Log_AnyProgram_KeepsItsPromises()
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(int.Parse(Environment.GetEnvironmentVariable("CHATAPP_PROPERTY_CASES") ?? "60", CultureInfo.InvariantCulture));
        if (Environment.GetEnvironmentVariable("CHATAPP_PROPERTY_SEED") is { } seed)
        {
            ulong[] replay = [.. seed.Trim('(', ')').Split(',').Select(n => ulong.Parse(n, CultureInfo.InvariantCulture))];
            config = config.WithReplay(replay[0], replay[1], (int)replay[2]);
        }
        // Failures come with the shortest program that was found and the seed to replay it.
        Prop.ForAll(Cases, log =>
        {
            var broken = LogProgram.RunAsync(log.Steps, log.Stretch).GetAwaiter().GetResult();
            return (broken.Count == 0).Label(string.Join("; ", broken.Distinct()));
        }).Check(config);
    }

    private static IEnumerable<LogCase> Shorter(LogCase log)
    {
        for (int length = log.Steps.Length / 2; length >= 1; length /= 2)
        {
            for (int at = 1; at + length <= log.Steps.Length; at += length)
                yield return log with { Steps = [.. log.Steps[..at], .. log.Steps[(at + length)..]] };
        }
    }

    private sealed record LogCase(int Stretch, LogStep[] Steps)
    {
        public override string ToString() => $"stretch {Stretch}: {string.Join(", ", Steps.Select(s => $"{s.Op}({s.Target}, {s.Size})"))}";
    }
}
