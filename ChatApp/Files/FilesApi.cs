using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Files;

/// <summary>A page of the caller's files.</summary>
/// <param name="NextBefore">Give it as <c>before</c> to get the next page; missing on the last one.</param>
internal sealed record FilePage(IReadOnlyList<FileView> Data, string? NextBefore = null);

/// <summary>Gives and gets files. What a browser may do with one is limited by <see cref="SecurityHeaders"/>, too.</summary>
internal static class FilesApi
{
    // For the boundaries and headers around the file.
    private const int MultipartOverhead = 64 * 1024;

    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/api/files").WithTags("Files");
        files.MapPost("/", AddAsync).RequireAuthorization(Scopes.Chat).WithSummary("Keep an image or a text, sent as multipart/form-data, field \"file\"");
        files.MapGet("/", ListAsync).RequireAuthorization(Scopes.Read).WithSummary("Own files, newest first");
        files.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Scopes.Read).WithSummary("A file of one's own");
        files.MapDelete("/{id:guid}", DeleteAsync).RequireAuthorization(Scopes.Chat).WithSummary("Delete a file; its messages stay");
    }

    private static async Task<Ok<FilePage>> ListAsync(HttpContext http, FileStore files, int limit = 50, string? before = null)
    {
        if (limit is < 1 or > 200)
            throw RequestProblem.Invalid("limit", "The limit is a number from 1 to 200.");
        var page = await files.ListAsync(CurrentUser.From(http.User), limit, PageCursor.Parse(before), http.RequestAborted);
        return TypedResults.Ok(new FilePage(page, PageCursor.After(page, limit, f => new(f.CreatedAt, f.Id))));
    }

    private static async Task<NoContent> DeleteAsync(Guid id, HttpContext http, FileStore files) =>
        await files.DeleteAsync(CurrentUser.From(http.User), id, http.RequestAborted) ? TypedResults.NoContent() : throw NoSuchFile();

    private static async Task<Created<FileView>> AddAsync(HttpContext http, FileStore files)
    {
        if (!http.Request.HasFormContentType)
            throw new RequestProblem(415, "unsupported_media_type", "Send the file as multipart/form-data.");
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = files.Limits.MaxBytes + MultipartOverhead;
        var file = await ReadAsync(http.Request) ?? throw RequestProblem.Invalid("file", "There is no file in the request: name its field \"file\".");
        if (file.Length > files.Limits.MaxBytes)
            throw files.TooLarge();
        byte[] content = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
            await stream.ReadExactlyAsync(content, http.RequestAborted);
        var view = await files.AddAsync(CurrentUser.From(http.User), file.FileName, content, http.RequestAborted);
        return TypedResults.Created($"/api/files/{view.Id}", view);
    }

    private static async Task<IFormFile?> ReadAsync(HttpRequest request)
    {
        try
        {
            return (await request.ReadFormAsync(request.HttpContext.RequestAborted)).Files.GetFile("file");
        }
        // An end in the middle is an IOException; the framework's own, such as too large a body, tell more.
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            throw RequestProblem.Invalid("file", "The body is not valid multipart/form-data.");
        }
    }

    private static async Task<FileContentHttpResult> GetAsync(Guid id, HttpContext http, FileStore files)
    {
        var file = await files.FindAsync(CurrentUser.From(http.User), id, http.RequestAborted) ?? throw NoSuchFile();
        http.Response.Headers.CacheControl = "private, max-age=3600";
        // With a name it is an attachment. Only images are safe to be shown where they are.
        return TypedResults.Bytes(file.Content, file.MediaType, MediaTypes.IsImage(file.MediaType) ? null : file.Name);
    }

    private static RequestProblem NoSuchFile() => RequestProblem.NotFound("id", "There is no such file.");
}
