using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Files;

/// <summary>Gives and gets files. What a browser may do with one is limited by <see cref="SecurityHeaders"/>, too.</summary>
internal static class FilesApi
{
    // For the boundaries and headers around the file.
    private const int MultipartOverhead = 64 * 1024;

    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/api/files").WithTags("Files");
        files.MapPost("/", AddAsync).RequireAuthorization(Scopes.Chat).WithSummary("Keep an image or a text, sent as multipart/form-data, field \"file\"");
        files.MapGet("/{id:guid}", GetAsync).RequireAuthorization(Scopes.Read).WithSummary("A file of one's own");
    }

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
        var file = await files.FindAsync(CurrentUser.From(http.User), id, http.RequestAborted) ?? throw RequestProblem.NotFound("id", "There is no such file.");
        http.Response.Headers.CacheControl = "private, max-age=3600";
        // With a name it is an attachment. Only images are safe to be shown where they are.
        return TypedResults.Bytes(file.Content, file.MediaType, MediaTypes.IsImage(file.MediaType) ? null : file.Name);
    }
}
