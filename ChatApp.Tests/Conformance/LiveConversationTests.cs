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
    public static TheoryData<string> Contracts => [.. Contract.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task Conversation_StartedOverAContract_ShowsUpWhileItStreams(string name)
    {
        var contract = Contract.Of(name);
        var runs = await apps.ForAsync(name);
        var (caller, client) = await runs.App.CreateCallerAsync();
        using var own = client;
        var gate = new Gate();
        runs.Provider.Script("trace", a => a.Text("Hel").Wait(gate).Text("lo").Finish());
        // A session and a conversation with an avee are there before their first question.
        var call = await contract.OpenAsync(runs.App, caller, client);
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        // The feed is what the sidebar of every open page follows.
        await using var feed = runs.App.Services.GetRequiredService<ConversationFeed>().WatchAsync(caller.Id, end.Token).GetAsyncEnumerator(end.Token);
        var told = feed.MoveNextAsync();
        var half = new TaskCompletionSource();
        var stream = ChunkClient.AskAsync(
            contract, call, runs.App.Address, client.DefaultRequestHeaders.Authorization!.Parameter!,
            text => { if (text == "Hel") half.TrySetResult(); }, end.Token);
        await half.Task.WaitAsync(end.Token);

        Assert.True(await told);
        var listed = (await client.GetFromJsonAsync<JsonElement>("api/conversations")).GetProperty("data")[0];
        Assert.Equal(feed.Current.ConversationId, listed.GetProperty("id").GetGuid());
        Assert.True(listed.GetProperty("is_streaming").GetBoolean());
        string run = (await client.GetFromJsonAsync<JsonElement>($"api/conversations/{listed.Text("id")}/active-run")).Text("id");
        var watched = client.GetStringAsync($"api/runs/{run}/events");
        gate.Open();

        string events = await watched;
        Assert.Equal(("Hello", true), ((await stream).Text, (await stream).Done));
        Assert.Contains("\"text\":\"Hel\"", events, StringComparison.Ordinal);
        Assert.Contains("\"text\":\"lo\"", events, StringComparison.Ordinal);
    }
}
