using System.Net;
using System.Text;
using System.Text.Json;
using ChatApp.Ask;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Ask;

/// <summary>Clients of one session that leave, come together, or delete it. How they print an answer: ContractClientTests.</summary>
public sealed class AskClientTests
{
    [Fact]
    public async Task Example_ClientLeaves_AnswerIsStoredAll()
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("?") { AllowAnonymous = true });
        var gate = new Gate();
        ask.Runs.Provider.Script("m", s => s.Text("Half").Wait(gate).Text(", whole.").Finish());
        Guid run;
        using (var client = ask.Client())
        using (var response = await client.StreamAsync(new { content = "Hi" }))
            run = Guid.Parse(response.Headers.GetValues("X-Run-Id").Single());
        gate.Open();
        await ask.EndAsync(run);
        Assert.Equal("Agent: Half, whole.", (await ask.SaidAsync())[^1]);
    }

    [Fact]
    public async Task Stream_TwoReadersOfOneAnswer_GetTheSame()
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("?") { AllowAnonymous = true });
        var gate = new Gate();
        ask.Runs.Provider.Script("m", s => s.Text("One ").Wait(gate).Text("answer").Finish());
        using var client = ask.Client();
        (await client.SayAsync("Hi")).EnsureSuccessStatusCode();
        var first = await client.StreamAsync(new { message = "stale" });
        var second = await client.StreamAsync(new { message = "stale" });
        var meanwhile = await (await client.GetAsync($"/api/ask/{AskHarness.Key}")).DataAsync();
        Assert.Equal(["Hi"], meanwhile.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").GetString()));
        gate.Open();
        Assert.Equal(("One answer", "done", "One answer"), await ReadAsync(first));
        Assert.Equal(("One answer", "done", "One answer"), await ReadAsync(second));
        Assert.Single(ask.Runs.Provider.Requests);
    }

    [Fact]
    public async Task Delete_TheOwnersConversation_IsRefusedUntilTheSessionIsClosed_AndEndsIt()
    {
        await using var ask = await AskHarness.StartAsync();
        var session = await ask.RowAsync();
        using var refused = await ask.Runs.Client.DeleteAsync($"/api/conversations/{session.ConversationId}");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var edits = ask.Service<ConversationEdits>();
        Assert.Equal(409, (await Assert.ThrowsAsync<RequestProblem>(() => edits.DiscardAsync(ask.Runs.User, session.ConversationId, default))).Status);
        Assert.NotNull(await ask.Sessions.FindAsync(AskHarness.Key, default));

        await ask.Sessions.SetStatusAsync(AskHarness.Key, AskStatus.Closed, default);
        (await ask.Runs.Client.DeleteAsync($"/api/conversations/{session.ConversationId}")).EnsureSuccessStatusCode();
        Assert.Null(await ask.Sessions.FindAsync(AskHarness.Key, default));
    }

    private static async Task<(string Text, string? Last, string? Message)> ReadAsync(HttpResponseMessage response)
    {
        using var _ = response;
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var (text, last, message) = (new StringBuilder(), (string?)null, (string?)null);
        byte[] buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer) is var n and > 0)
        {
            foreach (string line in strict.GetString(buffer, 0, n).Split('\n'))
            {
                if (!line.StartsWith("data: ", StringComparison.Ordinal))
                    continue;
                using var data = JsonDocument.Parse(line[6..]);
                last = data.RootElement.GetProperty("type").GetString();
                if (last == "chunk")
                    text.Append(data.RootElement.GetProperty("content").GetString());
                else if (last == "message")
                    message = data.RootElement.GetProperty("message").GetProperty("content").GetString();
            }
        }
        return (text.ToString(), last, message);
    }
}
