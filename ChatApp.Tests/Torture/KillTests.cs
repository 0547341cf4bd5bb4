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
        await using var installation = await Installation.CreateAsync();
        installation.Provider.Script("burst", s => s.TextFrom(Burst).Hang());
        installation.Provider.Script("short", s => s.Text("An ").Text("answer.").Finish());
        var promise = new Promise("kills");
        var random = new Random(TortureSize.Seed);
        int inRecovery = 0;
        var total = new KillFigures();
        var server = await installation.StartServerAsync();
        for (int kill = 1; kill <= TortureSize.Kills; kill++)
        {
            var round = new KillRound(installation, kill, promise);
            await round.StreamUntilAsync(random.Next(1, MostEventsBeforeAKill), server);
            if (random.Next(4) == 0)
            {
                // Killed while it settles what the first one left.
                inRecovery++;
                var dying = await installation.StartServerAsync(until: line => line.Contains("was interrupted by", StringComparison.Ordinal));
                await dying.KillAsync();
            }
            server = await installation.StartServerAsync();
            total += await round.VerifyAsync(server);
        }

        promise.Check(await server.TerminateAsync(TimeSpan.FromMinutes(1)) == 0, $"the last server did not end properly");
        string integrity = await installation.QueryAsync("PRAGMA integrity_check");
        promise.Check(integrity == "ok", $"integrity_check says {integrity}");
        string open = await installation.QueryAsync("SELECT count(*) FROM runs WHERE finished_at IS NULL OR status IN ('Queued', 'Running')");
        promise.Check(open == "0", $"{open} runs never ended");
        string streaming = await installation.QueryAsync("SELECT count(*) FROM messages WHERE status = 'Streaming'");
        promise.Check(streaming == "0", $"{streaming} answers are still being written");
        string doubled = await installation.QueryAsync(
            "SELECT count(*) FROM (SELECT 1 FROM messages WHERE role = 'User' AND content LIKE 'question %' GROUP BY content HAVING count(*) > 1)");
        promise.Check(doubled == "0", $"{doubled} messages stand there twice");
        if (TortureSize.JudgesTime)
            promise.Check(total.InterruptedAfter < InterruptedWithin, $"a run was interrupted only {total.InterruptedAfter.TotalSeconds:0.0} s after the start");
        promise.Settle(
            $"{TortureSize.Kills} kills and {inRecovery} in recovery, {total.Seen:N0} seen events, {total.Lost} lost, {total.Acknowledged:N0} acknowledged messages, {total.Missing} lost, {doubled} doubled, interrupted at most {total.InterruptedAfter.TotalSeconds:0.0} s after the start");
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

/// <summary>What the clients of some rounds had seen and been promised.</summary>
/// <param name="Lost">Events that a client had and the log has not, or has otherwise.</param>
/// <param name="Acknowledged">Messages that were answered with 2xx.</param>
/// <param name="Missing">Acknowledged messages that are not there.</param>
/// <param name="InterruptedAfter">The longest time from a start to the answer that a run is interrupted.</param>
internal readonly record struct KillFigures(int Seen, int Lost, int Acknowledged, int Missing, TimeSpan InterruptedAfter)
{
    public static KillFigures operator +(KillFigures a, KillFigures b) => new(
        a.Seen + b.Seen, a.Lost + b.Lost, a.Acknowledged + b.Acknowledged, a.Missing + b.Missing,
        a.InterruptedAfter > b.InterruptedAfter ? a.InterruptedAfter : b.InterruptedAfter);
}
