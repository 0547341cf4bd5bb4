using System.Runtime.CompilerServices;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>SIGKILL in mid-stream, and in the recovery from it.</summary>
[Collection(TortureCollection.Name)]
[Trait("Category", "Torture")]
public sealed class KillTests
{
    private const int MostEventsBeforeAKill = 1_500;
    private static readonly TimeSpan InterruptedWithin = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Kill_InMidStreamAgainAndAgain_LosesNothingThatAnyoneSawOrWasPromised()
    {
        var promise = new Promise("kills");
        // Two installations at once: most of the time goes into the start of one-threaded processes.
        var lanes = await Task.WhenAll(
            KillAgainAndAgainAsync((TortureSize.Kills + 1) / 2, TortureSize.Seed, promise),
            KillAgainAndAgainAsync(TortureSize.Kills / 2, TortureSize.Seed + 1, promise));
        var total = lanes[0] + lanes[1];
        promise.Check(total.Continued > 0 && total.AnsweredAgain > 0, $"no answer was continued or none given again");
        if (TortureSize.JudgesTime)
            promise.Check(total.InterruptedAfter < InterruptedWithin, $"a run was interrupted only {total.InterruptedAfter.TotalSeconds:0.0} s after the start");
        promise.Settle(
            $"{total.Kills} kills and {total.InRecovery} more in recovery, {total.Seen:N0} seen events, {total.Lost} lost, {total.Acknowledged:N0} acknowledged messages, {total.Missing} lost, {total.Doubled} doubled, {total.Continued} answers continued, {total.AnsweredAgain} questions answered again, runs interrupted at most {total.InterruptedAfter.TotalSeconds:0.0} s after the start");
    }

    private static async Task<KillFigures> KillAgainAndAgainAsync(int kills, int seed, Promise promise)
    {
        await using var installation = await Installation.CreateAsync();
        installation.Provider.Script("burst", s => s.TextFrom(Burst).Hang());
        installation.Provider.Script("short", s => s.Text("An ").Text("answer.").Finish());
        var random = new Random(seed);
        var total = new KillFigures();
        var server = await installation.StartServerAsync();
        for (int kill = 1; kill <= kills; kill++)
        {
            var round = new KillRound(installation, kill, promise);
            await round.StreamUntilAsync(random.Next(1, MostEventsBeforeAKill), server);
            total += new KillFigures { Kills = 1 };
            if (random.Next(4) == 0)
            {
                // Killed while it settles what the first one left.
                total += new KillFigures { InRecovery = 1 };
                var dying = await installation.StartServerAsync(until: line => line.Contains("was interrupted by", StringComparison.Ordinal));
                await dying.KillAsync();
            }
            server = await installation.StartServerAsync();
            total += await round.VerifyAsync(server);
        }
        promise.Check(await server.TerminateAsync(TimeSpan.FromMinutes(1)) == 0, $"the last server did not end properly");
        return total + new KillFigures { Doubled = await VerifyDatabaseAsync(installation, promise) };
    }

    /// <returns>How many messages stand there more than once.</returns>
    private static async Task<int> VerifyDatabaseAsync(Installation installation, Promise promise)
    {
        string integrity = await installation.QueryAsync("PRAGMA integrity_check");
        promise.Check(integrity == "ok", $"integrity_check says {integrity}");
        string open = await installation.QueryAsync("SELECT count(*) FROM runs WHERE finished_at IS NULL OR status IN ('Queued', 'Running')");
        promise.Check(open == "0", $"{open} runs never ended");
        string streaming = await installation.QueryAsync("SELECT count(*) FROM messages WHERE status = 'Streaming'");
        promise.Check(streaming == "0", $"{streaming} answers are still being written");
        string doubled = await installation.QueryAsync(
            "SELECT count(*) FROM (SELECT 1 FROM messages WHERE role = 'User' AND content LIKE 'question %' GROUP BY content HAVING count(*) > 1)");
        promise.Check(doubled == "0", $"{doubled} messages stand there more than once");
        return int.Parse(doubled, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>As fast as the wire takes it, so that many tokens become one event; of one to four bytes a character.</summary>
    private static async IAsyncEnumerable<string> Burst([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; i < 5_000; i++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return $"{i} é日🙂\n";
        }
    }
}

/// <summary>What happened in some rounds, and what their clients had seen and been promised.</summary>
internal readonly record struct KillFigures
{
    public int Kills { get; init; }

    /// <summary>Kills of a server that was settling what a killed one had left.</summary>
    public int InRecovery { get; init; }

    /// <summary>Events that clients had received.</summary>
    public int Seen { get; init; }

    /// <summary>Those of them that the log has not, or has otherwise.</summary>
    public int Lost { get; init; }

    /// <summary>Messages that were answered with 2xx.</summary>
    public int Acknowledged { get; init; }

    /// <summary>Those of them that are not there.</summary>
    public int Missing { get; init; }

    /// <summary>Messages that stand there more than once, although sent under one key.</summary>
    public int Doubled { get; init; }

    /// <summary>Answers of killed runs that were continued.</summary>
    public int Continued { get; init; }

    /// <summary>Questions of killed runs that were answered once more.</summary>
    public int AnsweredAgain { get; init; }

    /// <summary>The longest time from a start to the answer that a run is interrupted.</summary>
    public TimeSpan InterruptedAfter { get; init; }

    public static KillFigures operator +(KillFigures a, KillFigures b) => new()
    {
        Kills = a.Kills + b.Kills,
        InRecovery = a.InRecovery + b.InRecovery,
        Seen = a.Seen + b.Seen,
        Lost = a.Lost + b.Lost,
        Acknowledged = a.Acknowledged + b.Acknowledged,
        Missing = a.Missing + b.Missing,
        Doubled = a.Doubled + b.Doubled,
        Continued = a.Continued + b.Continued,
        AnsweredAgain = a.AnsweredAgain + b.AnsweredAgain,
        InterruptedAfter = a.InterruptedAfter > b.InterruptedAfter ? a.InterruptedAfter : b.InterruptedAfter,
    };
}
