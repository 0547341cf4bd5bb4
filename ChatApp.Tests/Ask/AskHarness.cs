using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Runs;
using ChatApp.Tests.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Ask;

/// <summary>An application whose default agent answers with the model <c>m</c> of a scripted provider, and a session of its caller.</summary>
internal sealed class AskHarness : IAsyncDisposable
{
    public const string Key = "Team-42";

    private AskHarness(RunHarness runs) => Runs = runs;

    public RunHarness Runs { get; }

    public AskSessions Sessions => Service<AskSessions>();
    public AskParticipants Participants => Service<AskParticipants>();
    public AskAccess Access => Service<AskAccess>();
    public AskConversation Conversation => Service<AskConversation>();

    public static Task<AskHarness> StartAsync(AskSettings? settings = null, params (string, string)[] configuration) =>
        StartAsync(settings, null, configuration);

    public static async Task<AskHarness> StartAsync(AskSettings? settings, Action<WebApplicationBuilder>? configure, params (string, string)[] configuration)
    {
        var runs = await RunHarness.StartAsync(configure, configuration);
        var harness = new AskHarness(runs);
        await harness.Service<AgentAdmin>().AddAsync(new NewAgent("helper", new AgentSettings(Model: "p/m"), "Helper", IsDefault: true), null, default);
        await harness.Sessions.CreateAsync(Key, settings ?? new AskSettings("What slows us down?"), runs.User.Id, default);
        return harness;
    }

    public T Service<T>() where T : notnull => Runs.App.Services.GetRequiredService<T>();

    /// <summary>A visit of the owner's, or of whoever is named.</summary>
    public Task<AskVisit> EnterAsync(CurrentUser? user = null, string? token = null, string key = Key) =>
        Access.EnterAsync(key, new AskCaller(user ?? (token == null ? Runs.User : null), token), default);

    public Task<AskVisit> EnterAsGuestAsync() => Access.EnterAsync(Key, new AskCaller(null, null), default);

    public async Task<AskVisit> InviteAsync(string name) => await EnterAsync(token: (await Participants.InviteAsync(Key, new AskInvitee(name), default)).Token);

    /// <summary>What was said, as <c>Name: text</c>.</summary>
    public async Task<string[]> SaidAsync() =>
        [.. (await Conversation.ListAsync(await Sessions.RequireAsync(Key, default), default)).Select(m => $"{m.AuthorName}: {m.Message.Content}")];

    /// <summary>Waits until the run has ended.</summary>
    public async Task EndAsync(Guid runId)
    {
        await foreach (var _ in Service<IRunReader>().ReadAsync(runId, 0))
        {
            // Only its end matters.
        }
    }

    public HttpClient Client(string? inviteToken = null, string? key = null)
    {
        var client = Runs.App.CreateClient(key);
        if (inviteToken != null)
            client.DefaultRequestHeaders.Add("X-Invite-Token", inviteToken);
        return client;
    }

    public Task<AskSession> RowAsync() => Runs.QueryAsync(db => db.AskSessions.AsNoTracking().SingleAsync());

    public ValueTask DisposeAsync() => Runs.DisposeAsync();
}

internal static class AskRequests
{
    public static Task<HttpResponseMessage> SayAsync(this HttpClient client, string content) =>
        client.PostAsJsonAsync($"/api/ask/{AskHarness.Key}", new { content, type = "text" });

    /// <summary>The answer's stream, as soon as it has begun.</summary>
    public static Task<HttpResponseMessage> StreamAsync(this HttpClient client, object body) => client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, $"/api/ask/{AskHarness.Key}/stream") { Content = JsonContent.Create(body) }, HttpCompletionOption.ResponseHeadersRead);

    public static async Task<JsonElement> DataAsync(this HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
}
