using ChatApp.Runs;
using Xunit;

namespace ChatApp.Tests.Runs.Log;

/// <summary>Moments of a live run that a random program hardly meets.</summary>
public sealed class LiveRunTests
{
    [Fact]
    public async Task Read_BehindTheLastEventOfARunThatIsStillInMemory_Ends()
    {
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory);
        var run = process.Begin();
        LogProcess.Finish(run);
        await run.Ended;
        // The writer publishes first and removes then; a client that reconnects at once comes in between.
        process.Registry.Remove(run);
        process.Register(run);

        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Assert.Equal([1, 2], await SeqsAsync(0));
        Assert.Equal([2], await SeqsAsync(1));
        Assert.Empty(await SeqsAsync(2));
        Assert.Empty(await SeqsAsync(3));

        async Task<List<long>> SeqsAsync(long after)
        {
            var seqs = new List<long>();
            await foreach (RunEvent e in process.Reader.ReadAsync(run.Id, after, cancellationToken: deadline.Token))
                seqs.Add(e.Seq);
            return seqs;
        }
    }
}
