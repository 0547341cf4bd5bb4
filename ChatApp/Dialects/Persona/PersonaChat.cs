using System.Text.Json.Nodes;
using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Dialects.FastApi;
using ChatApp.Dialects.Sse;
using ChatApp.Identity;
using ChatApp.Runs;

namespace ChatApp.Dialects.Persona;

/// <summary>Questions to an avee: everything stands in the query, there is no body.</summary>
internal static class PersonaChat
{
    private const int MaxQuestion = 4000;

    public static async Task StreamAsync(HttpContext http, AgentCatalog agents, PersonaConversations conversations, RunService runs, SseStream sse)
    {
        var input = FastApiInput.FromQuery(http);
        string? id = input.String("conversation_id", required: true);
        string? question = input.String("question", required: true);
        bool large = input.Boolean("use_gpt4o") ?? false;
        input.ThrowIfInvalid();
        var caller = CurrentUser.From(http.User);
        var conversation = await conversations.FindAsync(caller, PersonaApi.ReadId(id), http.RequestAborted);
        var avee = await agents.FindAsync(conversation.Agent, http.RequestAborted) ?? throw PersonaApi.NoSuchAvee();
        var run = await StartAsync(http, runs, caller, conversation, question!, large ? avee.LargeModel : null);
        await sse.WriteAsync(http, run.RunId, 0, new PersonaProjection());
    }

    public static async Task<IResult> AskAsync(
        HttpContext http, AgentCatalog agents, PersonaConversations conversations, RunService runs, RunEnds ends, OpenResponses open)
    {
        var input = FastApiInput.FromQuery(http);
        string? id = input.String("conversation_id", required: true);
        string? question = input.String("question", required: true);
        input.ThrowIfInvalid();
        var caller = CurrentUser.From(http.User);
        var conversation = await conversations.FindAsync(caller, PersonaApi.ReadId(id), http.RequestAborted);
        var avee = await agents.FindAsync(conversation.Agent, http.RequestAborted) ?? throw PersonaApi.NoSuchAvee();
        var started = await StartAsync(http, runs, caller, conversation, question!, model: null);
        using var watch = open.Watch(http);
        var run = await ends.WaitAsync(caller, started.RunId, http.RequestAborted) ?? throw RequestProblem.NotFound("conversation_id", "Conversation not found");
        if (run.Error is { } error)
            throw new RequestProblem(502, error.Code, error.Message);
        RunHeaders.Set(http.Response, started.RunId);
        return PersonaApi.Answer(new JsonObject
        {
            ["conversation_id"] = conversation.Id.ToString(), ["layer_used"] = conversation.Layer, ["answer"] = run.Output,
            // Nothing is looked up for an answer yet.
            ["used_chunks"] = 0, ["used_persona"] = avee.Persona != null,
        });
    }

    private static Task<StartedRun> StartAsync(
        HttpContext http, RunService runs, CurrentUser caller, PersonaConversation conversation, string question, string? model)
    {
        if (string.IsNullOrWhiteSpace(question))
            throw RequestProblem.Invalid("question", "Empty question");
        // Unicode characters, as Python counts them.
        return question.Length - question.Count(char.IsLowSurrogate) > MaxQuestion
            ? throw RequestProblem.Invalid("question", "Question too long")
            : runs.StartAsync(
                new RunRequest(caller, question) { ConversationId = conversation.Id, Model = model, WaitsForTurn = true, IdempotencyKey = RunHeaders.KeyOf(http.Request) },
                http.RequestAborted);
    }
}
