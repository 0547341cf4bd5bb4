using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>How much of an answer is held while the database takes nothing.</summary>
public sealed class RunBackpressureTests
{
    [Fact]
    public void Append_MoreThanTheDatabaseTakes_HoldsTheProviderBackAtLittleMemory()
    {
        var options = Options.Create(new RunOptions());
        // Not started: nothing is ever taken out.
        using var writer = new RunLogWriter(
            null!, options, new RunRegistry(new ConversationFeed(), new RunSlots(options)), TimeProvider.System, NullLogger<RunLogWriter>.Instance);
        var run = new LiveRun(writer, new RunStart(
            new Run { Agent = "a", Model = "p/m" }, null, null, new Message { Content = "" }, null));
        const int Piece = 1024;
        // All runs that execute at once, two bytes a unit.
        int allowed = 100_000_000 / (options.Value.MaxConcurrent * sizeof(char));

        int held = 0;
        while (run.AppendDeltaAsync(0, new string('x', Piece)).AsTask().IsCompleted)
            Assert.True((held += Piece) < allowed, "It holds as much as comes.");
        Assert.True(held > 10 * Piece, "It holds back a provider that is not ahead.");
    }
}
