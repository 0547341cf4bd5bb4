using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>For each contract a client that looks at statuses, at what is stored, and at the routes beside the stream.</summary>
public sealed class ContractSiblingTests(TraceApps apps) : IClassFixture<TraceApps>
{
    [Fact]
    public async Task Ask_SessionFromItsFirstMessageToItsInsights_IsConsistent()
    {
        var (runs, client, call) = await OpenAsync("Ask", "First answer. ", "Second answer.", "Third answer.");
        string session = call.Path[..^"/stream".Length];
        using var stranger = runs.App.CreateClient();
        Assert.Equal((HttpStatusCode.Unauthorized, "Authentification requise"), await TextAsync(stranger, HttpMethod.Post, call.Path, call.Body));
        Assert.Equal((HttpStatusCode.BadRequest, "Invalid ASK key format"), await TextAsync(client, HttpMethod.Post, "/api/ask/a!/stream", call.Body));
        Assert.Equal((HttpStatusCode.NotFound, "ASK introuvable pour la clé fournie"), await TextAsync(client, HttpMethod.Post, "/api/ask/nowhere/stream", call.Body));
        var ask = (await DataAsync(client, HttpMethod.Get, session)).GetProperty("ask");
        Assert.True(ask.GetProperty("isActive").GetBoolean());
        Assert.Equal(["owner"], ask.GetProperty("participants").EnumerateArray().Select(p => p.Text("role")));
        string id = ask.Text("askSessionId");

        // As the real client does it: the message first, then the stream with a stale one.
        var said = (await DataAsync(client, HttpMethod.Post, session, """{"content":"What is slow?","type":"text"}""")).GetProperty("message");
        Assert.Equal(("What is slow?", "user", id), (said.Text("content"), said.Text("senderType"), said.Text("askSessionId")));
        Assert.Equal("First answer. ", (await StreamAsync("Ask", runs, client, call with { Body = """{"message":"stale","model":"anthropic"}""" })).Text);
        var answer = (await DataAsync(client, HttpMethod.Post, session, """{"content":"And else?"}""")).GetProperty("message");
        answer = (await DataAsync(client, HttpMethod.Post, session + "/respond")).GetProperty("message");
        Assert.Equal(("Second answer.", "ai", "Agent"), (answer.Text("content"), answer.Text("senderType"), answer.Text("senderName")));
        var (status, simple) = await TextAsync(client, HttpMethod.Post, session + "/stream-simple", """{"message":"More?"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.EndsWith("data: {\"type\":\"done\"}\n\n", simple, StringComparison.Ordinal);

        var all = await DataAsync(client, HttpMethod.Get, session);
        Assert.Equal(
            ["user: What is slow?", "ai: First answer.", "user: And else?", "ai: Second answer.", "user: More?", "ai: Third answer."],
            all.GetProperty("messages").EnumerateArray().Select(m => $"{m.Text("senderType")}: {m.Text("content")}"));
        Assert.Equal((0, 0), (all.GetProperty("insights").GetArrayLength(), all.GetProperty("challenges").GetArrayLength()));
        Assert.Equal(0, (await DataAsync(client, HttpMethod.Post, session + "/respond", $$"""{"detectInsights":true,"askSessionId":"{{id}}"}""")).GetProperty("insights").GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await TextAsync(client, HttpMethod.Post, session + "/respond", $$"""{"askSessionId":"{{Guid.NewGuid()}}"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await TextAsync(client, HttpMethod.Post, session, """{"content":" "}""")).Status);
        Assert.Equal((HttpStatusCode.NotFound, """{"error":"Session not found"}"""), await TextAsync(client, HttpMethod.Post, "/api/ask/nowhere/stream-simple", "{}"));
    }

    [Fact]
    public async Task Agentic_ConversationByStreamAndByJson_IsConsistent()
    {
        var (runs, client, call) = await OpenAsync("Agentic", "First answer.", "Second answer.");
        string body = """{"text":"Hi","metadata":{"client":"test","session_id":"7"},"tags":["a","b"]}""";
        Assert.Equal("First answer.", (await StreamAsync("Agentic", runs, client, call with { Body = body })).Text);
        var listed = (await client.GetFromJsonAsync<JsonElement>("/api/conversations")).GetProperty("data")[0];
        string id = listed.Text("id");

        var (status, text) = await TextAsync(client, HttpMethod.Post, "/api/v1/chat", $$"""{"text":"Go on","conversation_id":"{{id}}","tags":["c"]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        var chat = JsonDocument.Parse(text).RootElement;
        Assert.Equal((id, "p/trace"), (chat.GetProperty("conversation").Text("id"), chat.GetProperty("conversation").Text("model")));
        var (request, response) = (chat.GetProperty("request_message"), chat.GetProperty("response_message"));
        Assert.Equal(("user", "Go on", "completed"), (request.Text("role"), request.Text("content"), request.Text("status")));
        Assert.Equal("c", request.GetProperty("provider_meta").GetProperty("tags")[0].GetString());
        Assert.Equal(("assistant", "Second answer.", "completed"), (response.Text("role"), response.Text("content"), response.Text("status")));
        Assert.Equal(5, response.GetProperty("tokens").GetInt32());
        // The model was told what was said before.
        Assert.Equal(
            ["Hi", "First answer.", "Go on"],
            runs.Provider.Requests[^1].Json.GetProperty("messages").EnumerateArray().Select(m => m.Text("content")));

        Assert.Equal(["user: Hi", "assistant: First answer.", "user: Go on", "assistant: Second answer."], await StoredAsync(client, id));
        var me = await client.GetFromJsonAsync<JsonElement>("/api/v1/auth/me");
        Assert.Equal(chat.GetProperty("conversation").Text("user_id"), me.Text("id"));
        Assert.True((await client.GetFromJsonAsync<JsonElement>("/api/v1/auth/verify-token")).GetProperty("valid").GetBoolean());
        Assert.Equal((HttpStatusCode.BadRequest, """{"detail":"Message text cannot be empty"}"""), await TextAsync(client, HttpMethod.Post, call.Path, """{"text":" "}"""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TextAsync(client, HttpMethod.Post, call.Path, "{}")).Status);
        using var stranger = (await runs.App.CreateCallerAsync()).Client;
        Assert.Equal(
            (HttpStatusCode.NotFound, """{"detail":"Conversation not found"}"""),
            await TextAsync(stranger, HttpMethod.Post, call.Path, $$"""{"text":"Hi","conversation_id":"{{id}}"}"""));
    }

    [Fact]
    public async Task Persona_AveeFromItsHandleToItsMessages_IsConsistent()
    {
        var (runs, client, call) = await OpenAsync("Persona", "First answer.", "Second answer.");
        using var stranger = runs.App.CreateClient();
        var avee = await stranger.GetFromJsonAsync<JsonElement>("/avees/line");
        Assert.Equal((HttpStatusCode.NotFound, """{"detail":"Avee not found"}"""), await TextAsync(stranger, HttpMethod.Get, "/avees/nobody"));
        Assert.Equal((HttpStatusCode.Forbidden, """{"detail":"Not authenticated"}"""), await TextAsync(stranger, HttpMethod.Post, call.Path));
        var (_, opened) = await TextAsync(client, HttpMethod.Post, $"/conversations/with-avee?avee_id={avee.Text("id")}");
        var conversation = JsonDocument.Parse(opened).RootElement;
        string id = conversation.Text("id");
        Assert.Contains(id, call.Path, StringComparison.Ordinal);
        Assert.Equal((avee.Text("id"), "public"), (conversation.Text("avee_id"), conversation.Text("layer_used")));

        Assert.Equal("First answer.", (await StreamAsync("Persona", runs, client, call)).Text);
        var (status, text) = await TextAsync(client, HttpMethod.Post, $"/chat/ask?conversation_id={id}&question=Go%20on");
        Assert.Equal(HttpStatusCode.OK, status);
        var asked = JsonDocument.Parse(text).RootElement;
        Assert.Equal((id, "public", "Second answer."), (asked.Text("conversation_id"), asked.Text("layer_used"), asked.Text("answer")));

        var messages = await client.GetFromJsonAsync<JsonElement>($"/conversations/{id}/messages");
        Assert.Equal(
            ["user: Hi", "assistant: First answer.", "user: Go on", "assistant: Second answer."],
            messages.EnumerateArray().Select(m => $"{m.Text("role")}: {m.Text("content")}"));
        var mine = (await client.GetFromJsonAsync<JsonElement>("/me/conversations")).EnumerateArray().Single();
        Assert.Equal((id, avee.Text("id")), (mine.Text("id"), mine.Text("avee_id")));
        Assert.True((await stranger.GetFromJsonAsync<JsonElement>("/health")).GetProperty("ok").GetBoolean());
        using var other = (await runs.App.CreateCallerAsync()).Client;
        Assert.Equal((HttpStatusCode.Forbidden, """{"detail":"Forbidden"}"""), await TextAsync(other, HttpMethod.Get, $"/conversations/{id}/messages"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TextAsync(client, HttpMethod.Post, "/chat/stream")).Status);
    }

    [Fact]
    public async Task Relay_ConversationByItsName_IsRemembered()
    {
        var (runs, client, call) = await OpenAsync("Relay", "First answer.", "Second answer.");
        using var stranger = runs.App.CreateClient();
        Assert.Equal((HttpStatusCode.Unauthorized, """{"detail":"Not authenticated"}"""), await TextAsync(stranger, HttpMethod.Post, call.Path, call.Body));
        string Body(string text) => $$"""{"messages":[{"role":"user","content":"{{text}}"}],"conversation_id":"7","system_prompt":"Be brief.","max_tokens":50,"temperature":0.1,"enable_search":true}""";
        Assert.Equal("First answer.", (await StreamAsync("Relay", runs, client, call with { Body = Body("Hi") })).Text);
        Assert.Equal("Second answer.", (await StreamAsync("Relay", runs, client, call with { Body = Body("Go on") })).Text);

        var sent = runs.Provider.Requests[^1].Json;
        Assert.Equal(
            ["system: Be brief.", "user: Hi", "assistant: First answer.", "user: Go on"],
            sent.GetProperty("messages").EnumerateArray().Select(m => $"{m.Text("role")}: {m.Text("content")}"));
        var listed = (await client.GetFromJsonAsync<JsonElement>("/api/conversations")).GetProperty("data").EnumerateArray().Single();
        Assert.Equal(("relay", "7"), (listed.Text("source"), listed.Text("external_id")));
        Assert.Equal(["user: Hi", "assistant: First answer.", "user: Go on", "assistant: Second answer."], await StoredAsync(client, listed.Text("id")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await TextAsync(client, HttpMethod.Post, call.Path, """{"messages":"Hi"}""")).Status);
    }

    [Fact]
    public async Task StudyGuru_InteractionWithItsPoints_IsConsistent()
    {
        var (runs, client, call) = await OpenAsync("StudyGuru", "First answer.", "Second answer.", "Third answer.");
        using var stranger = runs.App.CreateClient();
        Assert.Equal((HttpStatusCode.Unauthorized, """{"detail":"Authorization header is missing"}"""), await TextAsync(stranger, HttpMethod.Post, call.Path, call.Body));
        Assert.Equal("healthy", (await stranger.GetFromJsonAsync<JsonElement>("/api/stream/health")).Text("status"));
        Assert.Equal("First answer.", (await StreamAsync("StudyGuru", runs, client, call)).Whole);
        string id = (await client.GetFromJsonAsync<JsonElement>("/api/conversations")).GetProperty("data").EnumerateArray().Single().Text("id");

        var next = await StreamAsync("StudyGuru", runs, client, call with { Body = $$"""{"message":"Go on","interaction_id":"{{id}}"}""" });
        Assert.Equal("Second answer.", next.Whole);
        var (status, simple) = await TextAsync(client, HttpMethod.Get, $"/api/stream/stream-simple?message=More&interaction_id={id}");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("""data: {"type":"start","message":"Starting response generation...",""", simple, StringComparison.Ordinal);
        Assert.Contains("""data: {"type":"complete","content":"Third answer.",""", simple, StringComparison.Ordinal);

        Assert.Equal(
            ["user: Hi", "assistant: First answer.", "user: Go on", "assistant: Second answer.", "user: More", "assistant: Third answer."], await StoredAsync(client, id));
        var points = await client.GetFromJsonAsync<JsonElement>("/api/points");
        Assert.Equal((-3, 3), (points.GetProperty("balance").GetInt32(), points.GetProperty("data").GetArrayLength()));
        Assert.Equal((HttpStatusCode.BadRequest, """{"detail":"Please provide a message or attach a file"}"""), await TextAsync(client, HttpMethod.Post, call.Path, "{}"));
        using var other = (await runs.App.CreateCallerAsync()).Client;
        Assert.Equal(HttpStatusCode.NotFound, (await TextAsync(other, HttpMethod.Post, call.Path, $$"""{"message":"Hi","interaction_id":"{{id}}"}""")).Status);
    }

    private async Task<(RunHarness Runs, HttpClient Client, ContractCall Call)> OpenAsync(string contract, params string[] answers)
    {
        var runs = await apps.ForAsync(contract);
        runs.Provider.Script("trace", [.. answers.Select(text => (Func<ScriptedAnswer, ScriptedAnswer>)(s => s.Text(text).Finish()))]);
        var (caller, client) = await runs.App.CreateCallerAsync();
        return (runs, client, await Contract.Of(contract).OpenAsync(runs.App, caller, client));
    }

    private static async Task<ContractAnswer> StreamAsync(string contract, RunHarness runs, HttpClient client, ContractCall call)
    {
        var answer = await ChunkClient.AskAsync(
            Contract.Of(contract), call, runs.App.Address, client.DefaultRequestHeaders.Authorization!.Parameter!, null, default);
        Assert.True(answer.Done);
        return answer;
    }

    private static async Task<(HttpStatusCode Status, string Text)> TextAsync(HttpClient client, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body == null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>What stands in Ask's envelope.</summary>
    private static async Task<JsonElement> DataAsync(HttpClient client, HttpMethod method, string path, string? body = null)
    {
        var (status, text) = await TextAsync(client, method, path, body);
        Assert.True(status == HttpStatusCode.OK, text);
        var envelope = JsonDocument.Parse(text).RootElement;
        Assert.True(envelope.GetProperty("success").GetBoolean());
        return envelope.GetProperty("data");
    }

    private static async Task<string[]> StoredAsync(HttpClient client, string conversation) =>
        [.. (await client.GetFromJsonAsync<JsonElement>($"/api/conversations/{conversation}/messages"))
            .GetProperty("data").EnumerateArray().Select(m => $"{m.Text("role")}: {m.Text("content")}")];
}
