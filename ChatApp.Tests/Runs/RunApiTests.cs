using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>The engine behind the native API: real HTTP, a real database, a scripted provider.</summary>
public sealed class RunApiTests : IAsyncLifetime
{
    private readonly ScriptedProvider _provider = ScriptedProvider.Start();
    private TestApp _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync();
        await _app.Services.GetRequiredService<ProviderAdmin>().AddAsync(
            new NewProvider("p", ProviderKind.OpenAI) { BaseUrl = _provider.OpenAIBaseUrl, ApiKey = "canary-key", AnyModel = true }, default);
        _client = (await _app.CreateCallerAsync()).Client;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Stream_WholeAnswer_HasExactFramingAndHeaders()
    {
        _provider.Script("m", s => s.Text("Hé\"llo\n").Finish());
        using var response = await StartAsync("m");
        string body = await response.Content.ReadAsStringAsync();

        string run = response.Headers.GetValues("X-Run-Id").Single();
        Assert.Equal($"/api/runs/{run}", response.Headers.Location!.ToString());
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.DoesNotContain('\r', body);
        string[] frames = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(": open", frames[0]);
        Assert.StartsWith($"event: run.started\ndata: {{\"run_id\":\"{run}\",\"conversation_id\":\"", frames[1]);
        Assert.EndsWith("}\nid: 1", frames[1]);
        Assert.Equal("event: block.started\ndata: {\"index\":0,\"kind\":\"text\"}\nid: 2", frames[2]);
        Assert.Equal("event: block.delta\ndata: {\"index\":0,\"text\":\"Hé\\\"llo\\n\"}\nid: 3", frames[3]);
        Assert.Equal("event: block.ended\ndata: {\"index\":0}\nid: 4", frames[4]);
        Assert.StartsWith("event: usage\ndata: {\"input_tokens\":", frames[5]);
        Assert.EndsWith("}\nid: 5", frames[5]);
        Assert.Equal("event: done\ndata: {\"status\":\"completed\",\"finish_reason\":\"stop\"}\nid: 6", frames[6]);
        Assert.Equal(7, frames.Length);
    }

    [Fact]
    public async Task Stream_ProviderPauses_FirstDeltaIsThereBeforeTheSecondIsSent()
    {
        var gate = new Gate();
        _provider.Script("m", s => s.Text("one").Wait(gate).Text("two").Finish());
        using var response = await StartAsync("m");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        await ReadToAsync(reader, "\"text\":\"one\"");
        gate.Open();
        await ReadToAsync(reader, "\"text\":\"two\"");
        await ReadToAsync(reader, "\"status\":\"completed\"");
    }

    [Fact]
    public async Task Stream_ClientLeaves_RunCompletesAndIsStoredWhole()
    {
        var gate = new Gate();
        _provider.Script("m", s => s.Text("one ").Wait(gate).Text("two").Finish());
        string run;
        using (var response = await StartAsync("m"))
        {
            run = response.Headers.GetValues("X-Run-Id").Single();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            await ReadToAsync(reader, "\"text\":\"one \"");
        }
        gate.Open();

        string events = await _client.GetStringAsync($"/api/runs/{run}/events");
        Assert.Contains("event: done", events);
        var view = await _client.GetFromJsonAsync<JsonElement>($"/api/runs/{run}");
        Assert.Equal("completed", view.GetProperty("status").GetString());
        Assert.Equal("one two", view.GetProperty("output").GetString());
    }

    [Fact]
    public async Task Events_FromEveryId_ContinueExactlyThere()
    {
        _provider.Script("m", s => s.Text("a").Text("b").Text("c").Finish());
        using var response = await StartAsync("m");
        string[] frames = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[1..];
        string path = $"{response.Headers.Location}/events";

        for (int after = 0; after < frames.Length; after++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Last-Event-ID", after.ToString(System.Globalization.CultureInfo.InvariantCulture));
            using var resumed = await _client.SendAsync(request);
            string[] rest = (await resumed.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[1..];
            Assert.Equal(frames[after..], rest);
        }
        Assert.Equal(HttpStatusCode.NoContent, (await _client.GetAsync($"{path}?after={frames.Length}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync($"{path}?after=x")).StatusCode);
        using var other = (await _app.CreateCallerAsync()).Client;
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Cancel_InMidAnswer_KeepsThePartialText()
    {
        _provider.Script("m", s => s.Text("partial").Hang());
        using var response = await StartAsync("m");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await ReadToAsync(reader, "\"text\":\"partial\"");

        var cancel = await _client.PostAsync($"{response.Headers.Location}/cancel", null);
        Assert.Equal(HttpStatusCode.Accepted, cancel.StatusCode);
        await ReadToAsync(reader, "{\"status\":\"cancelled\",\"finish_reason\":\"cancelled\"}");
        var view = await _client.GetFromJsonAsync<JsonElement>(response.Headers.Location);
        Assert.Equal("partial", view.GetProperty("output").GetString());
    }

    [Fact]
    public async Task Stream_ProviderFailsInMidAnswer_SaysSoAndKeepsThePartialText()
    {
        _provider.Script("m", s => s.Text("partial").Error("boom"));
        using var response = await StartAsync("m");
        string body = await response.Content.ReadAsStringAsync();

        Assert.Contains("event: done\ndata: {\"status\":\"failed\",\"finish_reason\":\"failed\",\"error\":{\"code\":\"provider_error\",\"message\":\"", body);
        Assert.DoesNotContain("canary-key", body);
        var view = await _client.GetFromJsonAsync<JsonElement>(response.Headers.Location);
        var messages = await _client.GetFromJsonAsync<JsonElement>($"/api/conversations/{view.GetProperty("conversation_id").GetString()}/messages");
        var answer = messages.GetProperty("data")[1];
        Assert.Equal("partial", answer.GetProperty("content").GetString());
        Assert.Equal("failed", answer.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Start_SameIdempotencyKey20TimesAtOnce_OneRun()
    {
        _provider.Script("m", s => s.Text("x").Finish());
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartAsync("m", key: "k1")));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Single(answers.Select(a => a.Headers.GetValues("X-Run-Id").Single()).Distinct());
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal(1, await db.Runs.CountAsync());
        Assert.Equal(2, await db.Messages.CountAsync());
        using var another = await StartAsync("m", input: "another", key: "k1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, another.StatusCode);
    }

    [Fact]
    public async Task Restart_AfterAStopInMidAnswer_RunIsInterruptedWithAllThatWasSeen()
    {
        _provider.Script("m", s => s.Text("seen").Hang());
        using var response = await StartAsync("m");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await ReadToAsync(reader, "\"text\":\"seen\"");
        string key = _client.DefaultRequestHeaders.Authorization!.Parameter!;

        _app = await _app.RestartAsync();
        using var client = _app.CreateClient(key);
        string events = await client.GetStringAsync($"{response.Headers.Location}/events");
        Assert.Contains("\"text\":\"seen\"", events);
        Assert.Contains("event: done\ndata: {\"status\":\"interrupted\"", events);
    }

    [Theory]
    [InlineData("{\"input\":\"\"}", "input")]
    [InlineData("{\"input\":\" \\n\"}", "input")]
    [InlineData("{}", "input")]
    [InlineData("{\"input\":7}", "input")]
    [InlineData("{\"input\":\"x\",\"agent\":\"nobody\"}", "agent")]
    [InlineData("{\"input\":\"x\",\"model\":\"no/such\"}", "model")]
    [InlineData("{\"input\":\"x\",\"conversation_id\":\"not-a-uuid\"}", "conversation_id")]
    [InlineData("{\"input\":\"x\",\"conversation_id\":\"01a1fbca-9e94-723d-9f1e-4a1c510ab62b\"}", "conversation_id")]
    [InlineData("{\"input\":\"x\",\"metadata\":[]}", "metadata")]
    [InlineData("{\"input\":\"x\",\"stream\":\"yes\"}", "stream")]
    [InlineData("{\"input\":", null)]
    public async Task Start_BadInput_IsAProblemThatNamesTheFieldAndChangesNothing(string body, string? field)
    {
        using var response = await _client.PostAsync("/api/runs", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        if (field != null)
            Assert.Equal(field, problem.GetProperty("field").GetString());
        await AssertNothingStoredAsync();
    }

    [Fact]
    public async Task Start_InputOf1Megabyte_IsRefused()
    {
        using var response = await StartAsync("m", input: new string('x', 1 << 20));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("input", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString());
        await AssertNothingStoredAsync();
    }

    [Fact]
    public async Task Start_SomeoneElsesConversation_AnswersLikeAnUnknownOne()
    {
        _provider.Script("m", s => s.Text("x").Finish());
        using var mine = await StartAsync("m");
        await mine.Content.ReadAsStringAsync();
        string id = (await _client.GetFromJsonAsync<JsonElement>(mine.Headers.Location)).GetProperty("conversation_id").GetString()!;
        using var other = (await _app.CreateCallerAsync()).Client;

        using var response = await other.PostAsJsonAsync("/api/runs", new { input = "x", model = "p/m", conversation_id = id });
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync($"/api/conversations/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync($"/api/conversations/{id}")).StatusCode);
    }

    [Fact]
    public async Task Start_SecondTurn_SendsTheFirstOneToTheProvider()
    {
        _provider.Script("m", s => s.Text("first answer").Finish());
        using var first = await StartAsync("m", input: "first question");
        await first.Content.ReadAsStringAsync();
        string id = (await _client.GetFromJsonAsync<JsonElement>(first.Headers.Location)).GetProperty("conversation_id").GetString()!;

        using var second = await _client.PostAsJsonAsync("/api/runs", new { input = "second question", model = "p/m", conversation_id = id });
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        var sent = JsonDocument.Parse(_provider.Requests[^1].Body).RootElement.GetProperty("messages");
        Assert.Equal(["first question", "first answer", "second question"], sent.EnumerateArray().Select(m => m.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task Delete_ConversationInMidAnswer_StopsTheRunAndLeavesNothing()
    {
        _provider.Script("m", s => s.Text("x").Hang());
        using var response = await StartAsync("m");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await ReadToAsync(reader, "\"text\":\"x\"");
        string id = (await _client.GetFromJsonAsync<JsonElement>(response.Headers.Location)).GetProperty("conversation_id").GetString()!;

        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync($"/api/conversations/{id}")).StatusCode);
        await _provider.Requests[^1].CallerLeft.WaitAsync(TimeSpan.FromSeconds(30));
        await AssertNothingStoredAsync();
    }

    private async Task<HttpResponseMessage> StartAsync(string model, string input = "Hello", string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/runs")
        {
            Content = JsonContent.Create(new { input, model = $"p/{model}", stream = true }),
        };
        if (key != null)
            request.Headers.Add("Idempotency-Key", key);
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response;
    }

    private static async Task ReadToAsync(StreamReader reader, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        }
        Assert.Fail($"The stream ended without {text}.");
    }

    private async Task AssertNothingStoredAsync()
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal(0, await db.Conversations.CountAsync());
        Assert.Equal(0, await db.Messages.CountAsync());
        Assert.Equal(0, await db.Runs.CountAsync());
    }
}
