using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Conversations;

/// <summary>Body of <c>POST /api/folders</c> and <c>PATCH /api/folders/{id}</c>.</summary>
/// <param name="Name">1 to 60 characters, no other folder's.</param>
internal sealed record FolderBody(string? Name);

/// <summary>REST over the folders of a person's conversations.</summary>
internal static class FoldersApi
{
    public static void MapFolders(this IEndpointRouteBuilder routes)
    {
        var folders = routes.MapGroup("/api/folders").WithTags("Conversations");
        folders.MapGet("/", ListAsync).RequireAuthorization(Scopes.Read).WithSummary("Own folders, by name");
        folders.MapPost("/", CreateAsync).RequireAuthorization(Scopes.Chat).ProducesProblem(409).WithSummary("Create a folder");
        folders.MapPatch("/{id:guid}", RenameAsync).RequireAuthorization(Scopes.Chat).ProducesProblem(409).WithSummary("Rename a folder");
        folders.MapDelete("/{id:guid}", DeleteAsync).RequireAuthorization(Scopes.Chat).WithSummary("Delete a folder; its conversations stay, in no folder");
    }

    private static async Task<Ok<Page<FolderView>>> ListAsync(HttpContext http, Folders folders) =>
        TypedResults.Ok(new Page<FolderView>(await folders.ListAsync(CurrentUser.From(http.User), http.RequestAborted)));

    private static async Task<Created<FolderView>> CreateAsync(FolderBody body, HttpContext http, Folders folders)
    {
        var folder = await folders.CreateAsync(CurrentUser.From(http.User), body.Name, http.RequestAborted);
        return TypedResults.Created($"/api/folders/{folder.Id}", folder);
    }

    private static async Task<Ok<FolderView>> RenameAsync(Guid id, FolderBody body, HttpContext http, Folders folders) =>
        TypedResults.Ok(await folders.RenameAsync(CurrentUser.From(http.User), id, body.Name, http.RequestAborted) ?? throw NoSuchFolder());

    private static async Task<NoContent> DeleteAsync(Guid id, HttpContext http, Folders folders) =>
        await folders.DeleteAsync(CurrentUser.From(http.User), id, http.RequestAborted) != null ? TypedResults.NoContent() : throw NoSuchFolder();

    private static RequestProblem NoSuchFolder() => RequestProblem.NotFound("id", "There is no such folder.");
}
