using System.Net;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Runs.Log;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>What those are told who wait over a contract for an answer that vanishes or can't be stored.</summary>
public sealed class ContractEndTests
{
    public static TheoryData<string> Waiting => [.. ContractDoors.Waiting];

    [Theory]
    [MemberData(nameof(Waiting))]
    public async Task Wait_ConversationDeletedInMidAnswer_Is404(string door)
    {
        await using var doors = await ContractDoors.StartAsync();
        var gate = new Gate();
        doors.Runs.Provider.Script("m", s => s.Text("x").Wait(gate).Hang());
        await doors.SayAsync("Hi");
        var waiting = doors.SendAsync(door, "Hi");
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));

        var edits = doors.Runs.App.Services.GetRequiredService<ConversationEdits>();
        await doors.Runs.QueryAsync(db => db.AskSessions.ExecuteUpdateAsync(set => set.SetProperty(s => s.Status, AskStatus.Closed)));
        foreach (var id in await doors.Runs.QueryAsync(db => db.Conversations.Select(c => c.Id).ToListAsync()))
            Assert.True(await edits.DeleteAsync(doors.Runs.User, id, default));

        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Waiting))]
    public async Task Wait_RunIsLostToTheStorage_Is503(string door)
    {
        var reader = new HookedReader { AtStart = () => throw new RunLostException(Guid.Empty, new IOException("disk full")) };
        await using var doors = await ContractDoors.StartAsync(reader.Install);
        doors.Runs.Provider.Script("m", s => s.Text("x").Hang());
        await doors.SayAsync("Hi");

        using var answer = await doors.SendAsync(door, "Hi");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }
}
