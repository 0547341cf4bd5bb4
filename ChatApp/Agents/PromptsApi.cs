using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Agents;

/// <summary>Body of <c>POST /api/prompts</c>.</summary>
internal sealed record AddPromptBody(string? Command, string? Name, string? Text, bool? IsShared);

/// <summary>Body of <c>PATCH /api/prompts/{id}</c>; what is missing stays as it is.</summary>
internal sealed record ChangePromptBody(string? Command, string? Name, string? Text);

/// <summary>The prompts that the caller may use.</summary>
internal sealed record PromptList(IReadOnlyList<PromptView> Data);

/// <summary>REST over the saved prompts.</summary>
internal static class PromptsApi
{
    public static void MapPrompts(this IEndpointRouteBuilder routes)
    {
        var prompts = routes.MapGroup("/api/prompts").WithTags("Prompts");
        prompts.MapGet("/", ListAsync).RequireAuthorization(Scopes.Read).WithSummary("Own prompts and everybody's, by command");
        prompts.MapPost("/", AddAsync).RequireAuthorization(Scopes.Chat).ProducesProblem(409).WithSummary("Save a prompt; is_shared, for everybody, only as an admin");
        prompts.MapPatch("/{id:guid}", ChangeAsync).RequireAuthorization(Scopes.Chat).ProducesProblem(409).WithSummary("Change a prompt");
        prompts.MapDelete("/{id:guid}", DeleteAsync).RequireAuthorization(Scopes.Chat).WithSummary("Delete a prompt");
    }

    private static async Task<Ok<PromptList>> ListAsync(HttpContext http, Prompts prompts) =>
        TypedResults.Ok(new PromptList(await prompts.ListAsync(CurrentUser.From(http.User), http.RequestAborted)));

    private static async Task<Created<PromptView>> AddAsync(AddPromptBody body, HttpContext http, Prompts prompts)
    {
        var added = await prompts.AddAsync(
            CurrentUser.From(http.User), new PromptText(body.Command, body.Name, body.Text), body.IsShared == true, http.RequestAborted);
        return TypedResults.Created($"/api/prompts/{added.Id}", added);
    }

    private static async Task<Ok<PromptView>> ChangeAsync(Guid id, ChangePromptBody body, HttpContext http, Prompts prompts) => TypedResults.Ok(
        await prompts.ChangeAsync(CurrentUser.From(http.User), id, new PromptText(body.Command, body.Name, body.Text), http.RequestAborted) ?? throw NoSuchPrompt());

    private static async Task<NoContent> DeleteAsync(Guid id, HttpContext http, Prompts prompts) =>
        await prompts.DeleteAsync(CurrentUser.From(http.User), id, http.RequestAborted) ? TypedResults.NoContent() : throw NoSuchPrompt();

    private static RequestProblem NoSuchPrompt() => RequestProblem.NotFound("id", "There is no such prompt.");
}
