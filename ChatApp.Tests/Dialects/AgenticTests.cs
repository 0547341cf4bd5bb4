using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Tests.Conformance;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>What Agentic's traces cannot show: limits, what is stored, and what the model is told.</summary>
public sealed class AgenticTests(TraceApps apps) : IClassFixture<TraceApps>
{
    [Theory]
    [InlineData("x", 16_000, HttpStatusCode.OK)]
    [InlineData("x", 16_001, HttpStatusCode.UnprocessableEntity)]
    [InlineData("\U0001F642", 16_000, HttpStatusCode.OK)]
    [InlineData("\U0001F642", 16_001, HttpStatusCode.UnprocessableEntity)]
    public async Task Text_OfManyCharacters_IsCountedAsPythonDoes(string character, int count, HttpStatusCode expected)
    {
        var runs = await apps.ForAsync("Agentic");
        runs.Provider.Script("trace", a => a.Text("ok").Finish());
        using var answer = await runs.Client.PostAsJsonAsync("api/v1/chat", new { text = string.Concat(Enumerable.Repeat(character, count)) });
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("api/v1/chat", "text", 20)]
    [InlineData("api/v1/chat", "text", 61)]
    [InlineData("api/v1/chat", "text", 70)]
    [InlineData("api/v1/chat", "text", 2000)]
    [InlineData("api/runs", "input", 20)]
    [InlineData("api/runs", "input", 61)]
    [InlineData("api/runs", "input", 70)]
    [InlineData("api/stream/stream-conversation", "message", 61)]
    [InlineData("api/stream/stream-conversation", "message", 2000)]
    public async Task Question_WithNestedMetadata_IsTakenOrRefusedAndItsConversationsStayReadable(string path, string field, int depth)
    {
        var runs = await apps.ForAsync("Agentic");
        runs.Provider.Script("trace", a => a.Text("ok").Finish());
        string nested = string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
        using var content = new StringContent($$"""{"{{field}}":"Hi","metadata":{{nested}}}""", System.Text.Encoding.UTF8, "application/json");

        using var answer = await runs.Client.PostAsync(path, content);

        Assert.True((int)answer.StatusCode < 500, $"{answer.StatusCode}");
        var list = await runs.Client.GetFromJsonAsync<JsonElement>("api/conversations");
        foreach (var conversation in list.GetProperty("data").EnumerateArray())
            Assert.Equal(HttpStatusCode.OK, (await runs.Client.GetAsync($"api/conversations/{conversation.Text("id")}/messages")).StatusCode);
    }

    [Fact]
    public async Task Question_WithMetadataAndTags_IsStoredWithThem()
    {
        var runs = await apps.ForAsync("Agentic");
        runs.Provider.Script("trace", a => a.Text("ok").Finish());
        using var answer = await runs.Client.PostAsJsonAsync("api/v1/chat/stream", new { text = "Hi", metadata = new { session_id = "s1" }, tags = new[] { "one" } });
        await answer.Content.ReadAsStringAsync();
        var run = await runs.FindAsync(answer.Headers.GetValues("X-Run-Id").Single());

        var question = run.GetProperty("user_message_id").GetGuid();
        string? stored = await runs.QueryAsync(db => db.Messages.Where(m => m.Id == question).Select(m => m.Metadata).SingleAsync());
        using var meta = JsonDocument.Parse(stored!);
        Assert.Equal("s1", meta.RootElement.GetProperty("metadata").Text("session_id"));
        Assert.Equal("one", meta.RootElement.GetProperty("tags")[0].GetString());
        Assert.Equal("agentic", await runs.QueryAsync(db => db.Conversations.Where(c => c.Id == run.GetProperty("conversation_id").GetGuid()).Select(c => c.Source).SingleAsync()));
    }

    [Fact]
    public async Task SecondQuestion_OfAConversation_TellsTheModelWhatWasSaid()
    {
        var runs = await apps.ForAsync("Agentic");
        runs.Provider.Script("trace", a => a.Text("One").Finish(), a => a.Text("Two").Finish());
        using var first = await runs.Client.PostAsJsonAsync("api/v1/chat", new { text = "First" });
        string conversation = (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("conversation").Text("id");
        using var second = await runs.Client.PostAsJsonAsync("api/v1/chat", new { text = "Second", conversation_id = conversation });

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(["First", "One", "Second"], runs.Provider.Requests[^1].Json.GetProperty("messages").EnumerateArray().Select(m => m.Text("content")));
    }

    [Fact]
    public async Task Answer_StoppedByItsPerson_IsNotSaidToBeCompleted()
    {
        var runs = await apps.ForAsync("Agentic");
        var (_, client) = await runs.App.CreateCallerAsync();
        using var own = client;
        var gate = new Gate();
        runs.Provider.Script("trace", a => a.Text("As far as this").Wait(gate).Hang());
        var answering = client.PostAsJsonAsync("api/v1/chat", new { text = "Hi" });
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));
        string conversation = (await client.GetFromJsonAsync<JsonElement>("api/conversations")).GetProperty("data")[0].Text("id");
        string run = (await client.GetFromJsonAsync<JsonElement>($"api/conversations/{conversation}/active-run")).Text("id");
        // The text is the run's once its event is.
        await using (var events = await client.GetStreamAsync($"api/runs/{run}/events"))
            await SseText.ReadToAsync(events, "As far as this");

        using var stopped = await client.PostAsync($"api/runs/{run}/cancel", null);
        using var answer = await answering;

        var message = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("response_message");
        Assert.Equal(("As far as this", "failed"), (message.Text("content"), message.Text("status")));
    }

    [Theory]
    [InlineData("""{"text":"Hi","text":"Ho"}""")]
    [InlineData("""{"\ud83d":1}""")]
    [InlineData("""{"text":"Hi","metadata":{"a":"\udc00"}}""")]
    [InlineData("nonsense")]
    [InlineData("{\"text\":\"a\u0001\"}")]
    public async Task Body_ThatIsNoJson_Is422AndStoresNothing(string body)
    {
        var runs = await apps.ForAsync("Agentic");
        int before = await runs.QueryAsync(db => db.Messages.CountAsync());
        using var answer = await runs.Client.PostAsync("api/v1/chat/stream", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("json_invalid", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail")[0].Text("type"));
        Assert.Equal(before, await runs.QueryAsync(db => db.Messages.CountAsync()));
    }
}
