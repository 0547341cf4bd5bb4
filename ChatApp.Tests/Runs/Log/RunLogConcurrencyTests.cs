using ChatApp.Data.Entities;
using ChatApp.Runs;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Runs.Log;

/// <summary>One SQLite file, many who write to it at once.</summary>
public sealed class RunLogConcurrencyTests
{
    private const int Writers = 64, Rounds = 8;

    [Fact]
    public async Task Write_64WritersOfRunsAndConversations_NobodyIsRefusedAndNothingIsMissing()
    {
        using var directory = new LogDirectory();
        await using var process = await LogProcess.StartAsync(directory, stretch: 500);
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, Writers).Select(n => Task.Run(async () =>
        {
            await start.Task;
            var runs = new List<LiveRun>();
            for (int round = 0; round < Rounds; round++)
            {
                runs.Add(await RunAsync(process, n, round));
                await WriteConversationAsync(directory, n);
            }
            return runs;
        })).ToList();
        start.SetResult();
        // A busy error anywhere ends a writer, and so the test.
        var runs = (await Task.WhenAll(writers).WaitAsync(TimeSpan.FromMinutes(5))).SelectMany(r => r).ToList();

        await using var db = await directory.Databases.CreateDbContextAsync();
        Assert.Equal(Writers * Rounds, await db.Runs.CountAsync(r => r.Status == RunStatus.Completed));
        Assert.Equal(Writers * Rounds, await db.Usage.CountAsync());
        // A conversation per run, and one of each writer that was renamed in every round but the one that deleted it.
        Assert.Equal((Writers * Rounds) + (Writers / 2), await db.Conversations.CountAsync());
        Assert.Equal(Writers / 2, await db.Conversations.CountAsync(c => c.Title == $"renamed {Rounds}"));
        var contents = await db.Messages.Where(m => m.Role == MessageRole.Assistant).ToDictionaryAsync(m => m.Id, m => m.Content);
        foreach (var run in runs)
        {
            var seqs = new List<long>();
            string text = "";
            await foreach (var e in process.Reader.ReadAsync(run.Id, 0))
            {
                seqs.Add(e.Seq);
                text += e.Kind == RunEventKind.BlockDelta ? e.Data : "";
            }
            Assert.Equal(Enumerable.Range(1, seqs.Count).Select(i => (long)i), seqs);
            Assert.Equal(contents[run.MessageId], text);
        }
        Assert.Equal("ok", (await db.Database.SqlQueryRaw<string>("SELECT integrity_check AS Value FROM pragma_integrity_check").ToListAsync()).Single());
    }

    private static async Task<LiveRun> RunAsync(LogProcess process, int writer, int round)
    {
        var run = process.Begin();
        await run.Started;
        var recorder = new RunRecorder(run);
        for (int i = 0; i < 20; i++)
        {
            await recorder.AddAsync(BlockStartedData.Text, $"{writer}.{round}.{i} ");
            await Task.Yield();
        }
        recorder.Finish();
        LogProcess.Finish(run);
        await run.Ended;
        return run;
    }

    /// <summary>What the pages and the API do through EF: add, rename, and every second writer deletes at the end.</summary>
    private static async Task WriteConversationAsync(LogDirectory directory, int writer)
    {
        var id = new Guid(writer + 1, 0, 0, new byte[8]);
        await using var db = await directory.Databases.CreateDbContextAsync();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            var conversation = await db.Conversations.SingleOrDefaultAsync(c => c.Id == id);
            if (conversation == null)
                db.Conversations.Add(conversation = new Conversation { Id = id, OwnerId = LogDirectory.OwnerId, Title = "renamed 0" });
            int round = int.Parse(conversation.Title.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) + 1;
            conversation.Title = $"renamed {round}";
            db.Messages.Add(new Message { Id = Guid.CreateVersion7(), ConversationId = id, Role = MessageRole.User, Content = "q" });
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }
        await db.Conversations.Where(c => c.Id == id && writer % 2 == 0 && c.Title == $"renamed {Rounds}").ExecuteDeleteAsync();
    }
}
