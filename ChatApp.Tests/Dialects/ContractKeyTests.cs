using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatApp.Data.Entities;
using ChatApp.Tests.Ask;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>Requests that are sent again under their idempotency key, over each route of the contracts that starts a run.</summary>
public sealed partial class ContractKeyTests
{
    public static TheoryData<string> Streaming => [.. ContractDoors.Streaming];

    public static TheoryData<string> All => [.. ContractDoors.Streaming, .. ContractDoors.Waiting];

    public static TheoryData<string> FastApi => [.. ContractDoors.Streaming.Append("api/v1/chat").Append("chat/ask").Where(d => !IsAsk(d))];

    [Theory]
    [MemberData(nameof(Streaming))]
    public async Task Stream_SentAgainInMidAnswerAndAfterIt_IsTheSameStreamOfTheSameRun(string door)
    {
        await using var doors = await ContractDoors.StartAsync();
        var gate = new Gate();
        doors.Runs.Provider.Script("m", s => s.Text("one ").Wait(gate).Text("answer").Finish());

        using var first = await doors.SendAsync(door, "Once.", "k");
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));
        using var second = await doors.SendAsync(door, "Once.", "k");
        gate.Open();
        string[] streams = [await StreamOf(first), await StreamOf(second), await StreamOf(await doors.SendAsync(door, "Once.", "k"))];

        Assert.Contains("answer", streams[0], StringComparison.Ordinal);
        Assert.Equal([streams[0], streams[0], streams[0]], streams);
        await AssertAskedOnceAsync(doors, "Once.");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Request_SentAgain_IsAnsweredByTheSameRunInTheSameWords(string door)
    {
        await using var doors = await ContractDoors.StartAsync();
        doors.Runs.Provider.Script("m", s => s.Text("the answer").Finish(), s => s.Text("another").Finish());
        if (door == "api/ask/respond")
            await doors.SayAsync("Once.");

        using var first = await doors.SendAsync(door, "Once.", "k");
        string answer = await StreamOf(first);
        using var second = await doors.SendAsync(door, "Once.", "k");

        Assert.Equal((first.StatusCode, first.Content.Headers.ContentType), (second.StatusCode, second.Content.Headers.ContentType));
        Assert.Equal(first.Headers.GetValues("X-Run-Id"), second.Headers.GetValues("X-Run-Id"));
        Assert.Equal(answer, await StreamOf(second));
        await AssertAskedOnceAsync(doors, "Once.");
    }

    [Theory]
    [MemberData(nameof(FastApi))]
    public async Task Request_AnotherUnderTheKey_Is422AsFastApiHasIt(string door)
    {
        await using var doors = await ContractDoors.StartAsync();
        doors.Runs.Provider.Script("m", s => s.Text("x").Finish());
        await StreamOf(await doors.SendAsync(door, "Once.", "k"));

        using var other = await doors.SendAsync(door, "Something else.", "k");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/json"), (other.StatusCode, other.Content.Headers.ContentType?.MediaType));
        using var body = JsonDocument.Parse(await other.Content.ReadAsStringAsync());
        var error = Assert.Single(body.RootElement.GetProperty("detail").EnumerateArray());
        Assert.Equal(
            """["value_error",["header","idempotency-key"],"This idempotency key was used for another request. Use a new key.","k"]""",
            $"[{error.GetProperty("type").GetRawText()},{error.GetProperty("loc").GetRawText()},{error.GetProperty("msg").GetRawText()},{error.GetProperty("input").GetRawText()}]");
        Assert.Equal(door.StartsWith("api/v1", StringComparison.Ordinal), body.RootElement.TryGetProperty("body", out _));
        await AssertAskedOnceAsync(doors, "Once.");
    }

    [Theory]
    [InlineData("api/ask/stream", "text/plain", "This idempotency key was used for another request. Use a new key.")]
    [InlineData("api/ask/stream-simple", "application/json", """{"error":"This idempotency key was used for another request. Use a new key."}""")]
    public async Task Request_AnotherUnderTheKeyOfAsk_Is422InItsWords(string door, string type, string expected)
    {
        await using var doors = await ContractDoors.StartAsync();
        doors.Runs.Provider.Script("m", s => s.Text("x").Finish());
        await StreamOf(await doors.SendAsync(door, "Once.", "k"));

        using var other = await doors.SendAsync(door, "Something else.", "k");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, type, expected), (other.StatusCode, other.Content.Headers.ContentType?.MediaType, await other.Content.ReadAsStringAsync()));
        await AssertAskedOnceAsync(doors, "Once.");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Request_KeyThatIsTooLong_Is400AndStartsNothing(string door)
    {
        await using var doors = await ContractDoors.StartAsync();
        await doors.SayAsync("Hi");

        using var refused = await doors.SendAsync(door, "Once.", new string('k', 201));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("1 to 200 characters", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await doors.Runs.QueryAsync(db => db.Runs.CountAsync()));
        Assert.Equal(["Hi"], await doors.Runs.QueryAsync(db => db.Messages.Select(m => m.Content).ToListAsync()));
    }

    [Theory]
    [MemberData(nameof(Streaming))]
    public async Task Request_WhoseRunDiedWithoutOutput_AsksTheStoredQuestionOnceMore(string door)
    {
        await using var doors = await ContractDoors.StartAsync();
        doors.Runs.Provider.Script("m", s => s.Status(401), s => s.Text("now").Finish());
        // Some of the contracts cut the connection behind an answer that failed.
        await Record.ExceptionAsync(async () => await StreamOf(await doors.SendAsync(door, "Once.", "k")));

        string answer = await StreamOf(await doors.SendAsync(door, "Once.", "k"));

        Assert.Contains("now", answer, StringComparison.Ordinal);
        Assert.EndsWith("Once.", doors.Runs.Provider.Requests[1].Json.GetProperty("messages").EnumerateArray().Last().Text("content"), StringComparison.Ordinal);
        Assert.Equal(1, await doors.Runs.QueryAsync(db => db.Messages.CountAsync(m => m.Role == MessageRole.User)));
    }

    [Fact]
    public async Task Ask_OthersSpokeMeanwhile_IsGivenItsOwnAnswerAgain()
    {
        await using var doors = await ContractDoors.StartAsync();
        doors.Runs.Provider.Script("m", s => s.Text("one").Finish(), s => s.Text("two").Finish());
        string first = await StreamOf(await doors.SendAsync("api/ask/stream", "First.", "k"));
        await StreamOf(await doors.SendAsync("api/ask/stream", "Second."));

        Assert.Equal(first, await StreamOf(await doors.SendAsync("api/ask/stream", "First.", "k")));
        Assert.Equal(2, await doors.Runs.QueryAsync(db => db.Messages.CountAsync(m => m.Role == MessageRole.User)));
    }

    [Fact]
    public async Task Ask_AttachedToAnAnswerThatOthersBegan_IsGivenItAgain()
    {
        await using var doors = await ContractDoors.StartAsync();
        var gate = new Gate();
        doors.Runs.Provider.Script("m", s => s.Wait(gate).Text("one").Finish(), s => s.Text("two").Finish());
        await doors.SayAsync("Hi");
        using var begun = await doors.SendAsync("api/ask/stream", "Hi");
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));
        using var attached = await doors.SendAsync("api/ask/stream", "Hi", "k");
        gate.Open();
        string first = await StreamOf(attached);

        Assert.Equal(first, await StreamOf(await doors.SendAsync("api/ask/stream", "Hi", "k")));
        Assert.Single(doors.Runs.Provider.Requests);
    }

    [Fact]
    public async Task Ask_KeyOfAnotherParticipant_IsAnotherKey()
    {
        await using var doors = await ContractDoors.StartAsync();
        doors.Runs.Provider.Script("m", s => s.Text("one").Finish(), s => s.Text("two").Finish());
        await StreamOf(await doors.SendAsync("api/ask/stream", "Mine.", "k"));
        using var guest = await doors.InviteAsync("Zoe");

        Assert.Contains("two", await StreamOf(await doors.SendAsync("api/ask/stream", "Hers.", "k", guest)), StringComparison.Ordinal);
    }

    private static bool IsAsk(string door) => door.StartsWith("api/ask/", StringComparison.Ordinal);

    private static async Task AssertAskedOnceAsync(ContractDoors doors, string question)
    {
        Assert.Single(doors.Runs.Provider.Requests);
        Assert.Equal([question], await doors.Runs.QueryAsync(db => db.Messages.Where(m => m.Role == MessageRole.User).Select(m => m.Content).ToListAsync()));
    }

    /// <summary>The body without the time at which it was written.</summary>
    private static async Task<string> StreamOf(HttpResponseMessage response) =>
        Timestamp().Replace(await response.Content.ReadAsStringAsync(), "\"timestamp\":0");

    [GeneratedRegex("\"timestamp\":[0-9.]+")]
    private static partial Regex Timestamp();
}
