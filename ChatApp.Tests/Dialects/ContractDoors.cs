using System.Net.Http.Json;
using ChatApp.Tests.Ask;
using ChatApp.Tests.Conformance;
using ChatApp.Tests.Runs;
using Microsoft.AspNetCore.Builder;

namespace ChatApp.Tests.Dialects;

/// <summary>An application in which somebody can ask over every route of the five contracts that starts a run.</summary>
internal sealed class ContractDoors : IAsyncDisposable
{
    /// <summary>The routes that give the whole answer at once.</summary>
    public static readonly string[] Waiting = ["api/v1/chat", "chat/ask", "api/ask/respond"];

    /// <summary>The routes that stream it.</summary>
    public static readonly string[] Streaming =
        ["api/v1/chat/stream", "api/stream/stream-conversation", "api/stream/stream-simple", "chat/stream", "ai/stream/chat", "api/ask/stream", "api/ask/stream-simple"];

    private readonly AskHarness _ask;
    private readonly string _conversation;

    private ContractDoors(AskHarness ask, string conversation) => (_ask, _conversation) = (ask, conversation);

    public RunHarness Runs => _ask.Runs;

    public static async Task<ContractDoors> StartAsync(Action<WebApplicationBuilder>? configure = null, params (string, string)[] settings)
    {
        var ask = await AskHarness.StartAsync(null, configure, settings);
        return new ContractDoors(ask, await PersonaTraces.OpenAsync(ask.Runs.App, ask.Runs.Client));
    }

    /// <summary>Asks, and waits for the headers.</summary>
    /// <param name="key">The idempotency key; null for none.</param>
    /// <param name="client">Null for the owner of everything.</param>
    public async Task<HttpResponseMessage> SendAsync(string door, string question, string? key = null, HttpClient? client = null)
    {
        client ??= Runs.Client;
        string text = Uri.EscapeDataString(question);
        using var request = door switch
        {
            "api/v1/chat" or "api/v1/chat/stream" => Post(door, new { text = question }),
            "api/stream/stream-conversation" => Post(door, new { message = question }),
            "api/stream/stream-simple" => new HttpRequestMessage(HttpMethod.Get, $"{door}?message={text}"),
            "chat/ask" or "chat/stream" => new HttpRequestMessage(HttpMethod.Post, $"{door}?conversation_id={_conversation}&question={text}"),
            "ai/stream/chat" => Post(door, new { messages = new[] { new { role = "user", content = question } }, conversation_id = "c" }),
            "api/ask/respond" => Post($"api/ask/{AskHarness.Key}/respond", new { }),
            "api/ask/stream" => Post($"api/ask/{AskHarness.Key}/stream", new { content = question }),
            "api/ask/stream-simple" => Post($"api/ask/{AskHarness.Key}/stream-simple", new { message = question }),
            _ => throw new ArgumentOutOfRangeException(nameof(door), door, null),
        };
        if (key != null)
            request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Says something in the session: what <c>respond</c> answers has been said before.</summary>
    public async Task SayAsync(string text)
    {
        using var said = await Runs.Client.SayAsync(text);
        said.EnsureSuccessStatusCode();
    }

    /// <summary>A client of somebody who was invited to the session.</summary>
    public async Task<HttpClient> InviteAsync(string name) =>
        _ask.Client((await _ask.Participants.InviteAsync(AskHarness.Key, new ChatApp.Ask.AskInvitee(name), default)).Token);

    private static HttpRequestMessage Post(string path, object body) => new(HttpMethod.Post, path) { Content = JsonContent.Create(body) };

    public ValueTask DisposeAsync() => _ask.DisposeAsync();
}
