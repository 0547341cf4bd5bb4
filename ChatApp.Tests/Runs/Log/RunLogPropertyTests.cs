using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ChatApp.Tests.Runs.Log;

/// <summary>Any interleaving of appends, commits, readers, failures and crashes keeps the log's promises. More cases: CHATAPP_PROPERTY_CASES.</summary>
public sealed class RunLogPropertyTests
{
    private static readonly Gen<LogStep> Step =
        from op in Gen.Frequency(
            (4, Gen.Constant(LogOp.Begin)), (30, Gen.Constant(LogOp.Append)), (12, Gen.Constant(LogOp.Read)),
            (4, Gen.Constant(LogOp.Finish)), (1, Gen.Constant(LogOp.FailCommits)), (2, Gen.Constant(LogOp.Crash)))
        from target in Gen.Choose(0, 1000)
        from size in Gen.Choose(0, 200)
        select new LogStep(op, target, size);

    // The first step begins a run, so that the others have something to work on.
    private static readonly Arbitrary<LogStep[]> Programs = Arb.From(
        from steps in Gen.ArrayOf(Step, 60) select (LogStep[])[new LogStep(LogOp.Begin, 0, 0), .. steps], Shorter);

    [Fact]
    public void Log_AnyProgram_KeepsItsPromises()
    {
        int cases = int.Parse(Environment.GetEnvironmentVariable("CHATAPP_PROPERTY_CASES") ?? "60", CultureInfo.InvariantCulture);
        // Failures come with the shortest program that was found and the seed to replay it.
        Prop.ForAll(Programs, steps =>
        {
            var broken = LogProgram.RunAsync(steps).GetAwaiter().GetResult();
            return (broken.Count == 0).Label(string.Join("; ", broken.Distinct()));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(cases));
    }

    private static IEnumerable<LogStep[]> Shorter(LogStep[] steps)
    {
        for (int length = steps.Length / 2; length >= 1; length /= 2)
        {
            for (int at = 1; at + length <= steps.Length; at += length)
                yield return [.. steps[..at], .. steps[(at + length)..]];
        }
    }
}
