using System.Text.Json;
using ChatApp.Ask;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Conformance;

/// <summary>A stream of one of the five contracts, as a client sees it that does no more than print the answer.</summary>
/// <param name="Name">The contract's; with <c>-simple</c> behind it for the second stream that Ask and StudyGuru have.</param>
/// <param name="OpenAsync">Makes what its question needs, and gives the request of the question "Hi".</param>
/// <param name="Meaning">What an event tells.</param>
internal sealed record Contract(
    string Name, Func<TestApp, CurrentUser, HttpClient, Task<ContractCall>> OpenAsync, Func<JsonElement, ContractEvent> Meaning)
{
    /// <summary>Whether a failed answer has an error event.</summary>
    public bool TellsFailure { get; init; } = true;

    /// <summary>Whether a failed answer has the end mark of a whole one.</summary>
    public bool EndsFailure { get; init; }

    /// <summary>Whether the connection is cut behind a failed answer.</summary>
    public bool CutsFailure { get; init; }

    /// <summary>Whether an event repeats the whole text.</summary>
    public bool TellsWhole { get; init; }

    /// <summary>The name without what says which of its streams it is.</summary>
    public string System => Name.Split('-')[0];

    public static IReadOnlyList<Contract> All { get; } =
    [
        new("Ask", (app, caller, _) => OpenAskAsync(app, caller, "stream", """{"content":"Hi"}"""), ReadAsk) { TellsWhole = true },
        new("Ask-simple", (app, caller, _) => OpenAskAsync(app, caller, "stream-simple", """{"message":"Hi"}"""), ReadAsk),
        new("Agentic", (_, _, _) => Task.FromResult(new ContractCall("POST", "/api/v1/chat/stream", """{"text":"Hi"}""")), e =>
            !e.TryGetProperty("delta", out var delta) ? new() : e.GetProperty("done").GetBoolean() ? new(Done: true) : new(Piece: delta.GetString()))
        {
            TellsFailure = false, EndsFailure = true, CutsFailure = true,
        },
        new("Persona", OpenPersonaAsync, e => e.TryGetProperty("token", out var token)
            ? new(Piece: token.GetString())
            : e.Text("event") is "error" ? new(Error: e.Text("error")) : new(Done: e.Text("event") == "complete"))
        { CutsFailure = true },
        new("Relay", (_, _, _) => Task.FromResult(new ContractCall("POST", "/ai/stream/chat", """{"messages":[{"role":"user","content":"Hi"}]}""")),
            // What its proxy looks at.
            e => e.TryGetProperty("type", out var type) && type.ValueEquals("error") ? new(Error: e.Text("error")) : new(Piece: e.Text("content")))
        {
            EndsFailure = true,
        },
        new("StudyGuru", (_, _, _) => Task.FromResult(new ContractCall(
            "POST", "/api/stream/stream-conversation", """{"message":"Hi","interaction_id":null,"media_files":null,"max_tokens":null}""")), ReadStudyGuru)
        { TellsWhole = true },
        new("StudyGuru-simple", (_, _, _) => Task.FromResult(new ContractCall("GET", "/api/stream/stream-simple?message=Hi", null)), ReadStudyGuru) { TellsWhole = true },
    ];

    public static Contract Of(string name) => All.Single(c => c.Name == name);

    /// <summary>What the data of an event tell. They are parsed as the clients do it: what is no JSON, as <c>[DONE]</c>, breaks all but Relay's.</summary>
    public ContractEvent Read(string data)
    {
        if (Name == "Relay" && data == "[DONE]")
            return new ContractEvent(Done: true);
        using var parsed = JsonDocument.Parse(data);
        return Meaning(parsed.RootElement);
    }

    private static ContractEvent ReadAsk(JsonElement e) => e.Text("type") switch
    {
        "chunk" => new(Piece: e.Text("content")),
        "message" => new(Whole: e.GetProperty("message").Text("content")),
        "error" => new(Error: e.Text("error")),
        var type => new(Done: type == "done"),
    };

    private static ContractEvent ReadStudyGuru(JsonElement e) => e.Text("type") switch
    {
        "token" => new(Piece: e.Text("content")),
        "complete" => new(Whole: e.Text("content"), Done: true),
        "error" => new(Error: e.Text("error")),
        _ => new(),
    };

    private static async Task<ContractCall> OpenAskAsync(TestApp app, CurrentUser caller, string route, string body)
    {
        string key = $"client-{Guid.NewGuid():n}";
        await app.Services.GetRequiredService<AskSessions>().CreateAsync(key, new AskSettings("What slows us down?", "Retro"), caller.Id, default);
        return new ContractCall("POST", $"/api/ask/{key}/{route}", body);
    }

    private static async Task<ContractCall> OpenPersonaAsync(TestApp app, CurrentUser caller, HttpClient client) =>
        new("POST", $"/chat/stream?conversation_id={await PersonaTraces.OpenAsync(app, client)}&question=Hi", null);
}

/// <summary>A request.</summary>
internal sealed record ContractCall(string Method, string Path, string? Body);

/// <summary>What an event tells; null for what it does not.</summary>
internal sealed record ContractEvent(string? Piece = null, string? Whole = null, string? Error = null, bool Done = false);

/// <summary>What a client has of an answer.</summary>
/// <param name="Text">Its pieces, joined.</param>
/// <param name="Whole">Where an event repeats the whole text.</param>
/// <param name="Done">Whether the end mark came, and nothing behind it.</param>
/// <param name="Cut">Whether the response ended otherwise than HTTP says; null for a client that closed it by itself.</param>
internal sealed record ContractAnswer(string Text, string? Whole, string? Error, bool Done, bool? Cut)
{
    public static readonly ContractAnswer None = new("", null, null, false, null);

    public ContractAnswer With(ContractEvent e)
    {
        if (Done && e != new ContractEvent())
            throw new InvalidDataException($"Behind the end mark: {e}");
        return this with { Text = Text + e.Piece, Whole = e.Whole ?? Whole, Error = e.Error ?? Error, Done = e.Done || Done };
    }
}
