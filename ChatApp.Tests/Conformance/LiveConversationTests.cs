using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>What is said over a contract is a conversation like any other: the browser shows it while it streams.</summary>
public sealed class LiveConversationTests(TraceApps apps) : IClassFixture<TraceApps>
{
    [Theory]
    [InlineData("Agentic")]
    [InlineData("Persona")]
    public async Task Conversation_StartedOverAContract_ShowsUpWhileItStreams(string dialect)
    {
        var runs = await apps.ForAsync(dialect);
        var (caller, client) = await runs.App.CreateCallerAsync();
        using var own = client;
        var gate = new Gate();
        runs.Provider.Script("trace", a => a.Text("Hel").Wait(gate).Text("lo").Finish());
        // A conversation with an avee is there before its first question.
        string path = dialect == "Agentic"
            ? "/api/v1/chat/stream"
            : $"/chat/stream?conversation_id={await PersonaTraces.OpenAsync(runs, client)}&question=Hi";
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        // The feed is what the sidebar of every open page follows.
        await using var feed = runs.App.Services.GetRequiredService<ConversationFeed>().WatchAsync(caller.Id, end.Token).GetAsyncEnumerator(end.Token);
        var told = feed.MoveNextAsync();
        var half = new TaskCompletionSource();
        var stream = LineClient.ReadAsync(
            runs.App.Address, client.DefaultRequestHeaders.Authorization!.Parameter!, path,
            dialect == "Agentic" ? """{"text":"Hi"}""" : null,
            e => { if (e.ToString().Contains("Hel", StringComparison.Ordinal)) half.TrySetResult(); }, end.Token);
        await half.Task.WaitAsync(end.Token);

        Assert.True(await told);
        var listed = (await client.GetFromJsonAsync<JsonElement>("api/conversations")).GetProperty("data")[0];
        Assert.Equal(feed.Current.ConversationId, listed.GetProperty("id").GetGuid());
        Assert.True(listed.GetProperty("is_streaming").GetBoolean());
        string run = (await client.GetFromJsonAsync<JsonElement>($"api/conversations/{listed.Text("id")}/active-run")).Text("id");
        var watched = client.GetStringAsync($"api/runs/{run}/events");
        gate.Open();

        string events = await watched;
        Assert.True((await stream).Ended);
        Assert.Contains("\"text\":\"Hel\"", events, StringComparison.Ordinal);
        Assert.Contains("\"text\":\"lo\"", events, StringComparison.Ordinal);
    }
}
