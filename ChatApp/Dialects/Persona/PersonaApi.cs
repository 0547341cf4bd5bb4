using System.Text.Json.Nodes;
using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Dialects.FastApi;
using ChatApp.Identity;
using ChatApp.Identity.ApiKeys;

namespace ChatApp.Dialects.Persona;

/// <summary>The API of Persona. An avee is an agent with a handle.</summary>
internal static class PersonaApi
{
    public static void MapPersona(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithMetadata(new FastApiErrors(Unauthorized)).RequireCors(CrossOrigin.Policy).ExcludeFromDescription();
        api.MapGet("/avees/{handle}", FindAveeAsync);
        api.MapPost("/conversations/with-avee", OpenAsync).RequireAuthorization(Scopes.Chat);
        api.MapGet("/conversations/{id}/messages", MessagesAsync).RequireAuthorization(Scopes.Read);
        api.MapGet("/me/conversations", ListAsync).RequireAuthorization(Scopes.Read);
        api.MapPost("/chat/stream", PersonaChat.StreamAsync).RequireAuthorization(Scopes.Chat);
        api.MapPost("/chat/ask", PersonaChat.AskAsync).RequireAuthorization(Scopes.Chat);
    }

    private static async Task<IResult> FindAveeAsync(string handle, HttpContext http, AgentCatalog agents)
    {
        var avee = await agents.FindByHandleAsync(handle, http.RequestAborted) ?? throw NoSuchAvee();
        return Answer(new JsonObject
        {
            ["id"] = avee.Id.ToString(), ["handle"] = avee.Handle, ["display_name"] = avee.Name, ["avatar_url"] = avee.AvatarUrl,
            ["bio"] = avee.Description, ["owner_user_id"] = avee.OwnerId?.ToString(),
        });
    }

    private static async Task<IResult> OpenAsync(HttpContext http, AgentCatalog agents, PersonaConversations conversations)
    {
        var input = FastApiInput.FromQuery(http);
        string? id = input.String("avee_id", required: true);
        input.ThrowIfInvalid();
        if (!Guid.TryParse(id, out var aveeId))
            throw RequestProblem.Invalid("avee_id", "Invalid avee_id");
        var avee = await agents.FindByIdAsync(aveeId, http.RequestAborted) is { Handle: not null } found ? found : throw NoSuchAvee();
        var conversation = await conversations.OpenAsync(CurrentUser.From(http.User), avee.Id, avee.Name, http.RequestAborted);
        return Answer(new JsonObject { ["id"] = conversation.Id.ToString(), ["avee_id"] = avee.Id.ToString(), ["layer_used"] = conversation.Layer });
    }

    private static async Task<IResult> MessagesAsync(string id, HttpContext http, PersonaConversations personas, ConversationService conversations)
    {
        var caller = CurrentUser.From(http.User);
        var conversation = await personas.FindAsync(caller, ReadId(id), http.RequestAborted);
        var path = await conversations.ListPathAsync(caller, conversation.Id, http.RequestAborted) ?? [];
        // What is still being written comes over its stream.
        return Answer(new JsonArray([.. path.Where(m => m.Status != MessageStatus.Streaming).Select(m => new JsonObject
        {
            ["role"] = m.Role == MessageRole.User ? "user" : "assistant", ["content"] = m.Content, ["layer_used"] = conversation.Layer,
            ["created_at"] = IsoTime.Of(m.CreatedAt),
        })]));
    }

    private static async Task<IResult> ListAsync(HttpContext http, PersonaConversations conversations)
    {
        var list = await conversations.ListAsync(CurrentUser.From(http.User), http.RequestAborted);
        return Answer(new JsonArray([.. list.Select(c => new JsonObject
        {
            ["id"] = c.Id.ToString(), ["avee_id"] = c.AgentId?.ToString(), ["avee_handle"] = c.Handle, ["title"] = c.Title, ["layer_used"] = c.Layer,
            ["created_at"] = IsoTime.Of(c.CreatedAt), ["updated_at"] = IsoTime.Of(c.UpdatedAt),
        })]));
    }

    internal static Guid ReadId(string? id) => Guid.TryParse(id, out var parsed) ? parsed : throw RequestProblem.Invalid("conversation_id", "Invalid conversation_id");

    /// <summary>JSON in ASCII.</summary>
    internal static IResult Answer(JsonNode body) => Results.Text(body.ToJsonString(), "application/json");

    internal static RequestProblem NoSuchAvee() => RequestProblem.NotFound("avee_id", "Avee not found");

    // As FastAPI's HTTPBearer has it: without a header it is forbidden rather than unauthorized.
    private static (int Status, string Detail) Unauthorized(HttpContext http) => ApiKeyHandler.HasKey(http.Request)
        ? (StatusCodes.Status401Unauthorized, "Invalid token")
        : (StatusCodes.Status403Forbidden, "Not authenticated");
}
