using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace ChatApp.Transfer;

/// <summary>REST over export and import.</summary>
internal static class TransferApi
{
    private static readonly JsonSerializerOptions Indented = new(ConversationDocument.Json) { WriteIndented = true };

    public static void MapTransfer(this IEndpointRouteBuilder routes)
    {
        var transfer = routes.MapGroup("/api").WithTags("Export and import");
        transfer.MapGet("/conversations/{id:guid}/export", ExportAsync).RequireAuthorization(Scopes.Read)
            .WithSummary("A conversation as a file: format=markdown or json; branch=shown or all")
            .Produces<string>(200, "text/markdown", MediaTypeNames.Application.Json);
        transfer.MapGet("/export", ExportAllAsync).RequireAuthorization(Scopes.Read)
            .WithSummary("Everything of one's own as one zip file, which an import takes").Produces<string>(200, MediaTypeNames.Application.Zip);
        transfer.MapPost("/import", ImportAsync).RequireAuthorization(Scopes.Chat)
            .WithSummary("Import an archive, or an export of ChatGPT or Claude: the file as the body, or as multipart/form-data, field \"file\"");
    }

    /// <summary>
    /// A page's form is read before the page runs, by the check of its token. So the turn of whoever sends a file is taken here, before
    /// anything of it is received.
    /// </summary>
    public static void UseImportTurns(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<IImportPage>() is not { } page || !IsForm(http.Request)
            || (await http.AuthenticateAsync()).Principal is not { } person)
        {
            await next(http);
            return;
        }
        try
        {
            using var turn = http.RequestServices.GetRequiredService<ImportTurns>().Take(CurrentUser.From(person));
            await next(http);
        }
        catch (RequestProblem problem) when (problem.Status == 409 && !http.Response.HasStarted)
        {
            http.Response.Redirect(page.BusyAddress);
        }
    });

    private static async Task<FileContentHttpResult> ExportAsync(
        Guid id, HttpContext http, ConversationReader conversations, string format = "markdown", string? branch = null)
    {
        bool asJson = format switch
        {
            "markdown" => false,
            "json" => true,
            _ => throw RequestProblem.Invalid("format", "The format is markdown or json."),
        };
        bool shownOnly = branch switch
        {
            null => !asJson,
            "shown" => true,
            "all" => false,
            _ => throw RequestProblem.Invalid("branch", "The branch is shown or all."),
        };
        var conversation = await conversations.LoadAsync(CurrentUser.From(http.User), id, shownOnly, hashes: null, http.RequestAborted)
            ?? throw RequestProblem.NotFound("id", "There is no such conversation.");
        byte[] content = asJson
            ? JsonSerializer.SerializeToUtf8Bytes(conversation, Indented)
            : Encoding.UTF8.GetBytes(MarkdownExport.Write(conversation));
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(content, asJson ? MediaTypeNames.Application.Json : "text/markdown; charset=utf-8", FileName(conversation.Title, asJson ? "json" : "md"));
    }

    private static async Task ExportAllAsync(HttpContext http, ArchiveExport archive, TimeProvider time)
    {
        http.Response.ContentType = MediaTypeNames.Application.Zip;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment")
        {
            FileName = $"chatapp-{time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.zip",
        }.ToString();
        await archive.WriteAsync(CurrentUser.From(http.User), http.Response.Body, http.RequestAborted);
    }

    private static async Task<Ok<ImportReport>> ImportAsync(HttpContext http, Importer importer, ImportTurns turns)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = TransferLimits.MaxUploadBytes;
        var caller = CurrentUser.From(http.User);
        using var turn = turns.Take(caller);
        // What else is called a form is the file itself: curl --data-binary says so when nobody tells it more.
        await using var file = IsForm(http.Request) ? await OpenFieldAsync(http.Request) : await SpooledUpload.ReceiveAsync(http.Request.Body, http.RequestAborted);
        return TypedResults.Ok(await importer.ImportAsync(caller, file, http.RequestAborted));
    }

    private static bool IsForm(HttpRequest request) => request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) is true;

    private static async Task<Stream> OpenFieldAsync(HttpRequest request)
    {
        // Beyond what fits into memory it is kept in a temporary file, as it comes.
        request.HttpContext.Features.Set<IFormFeature>(new FormFeature(request, new FormOptions { MultipartBodyLengthLimit = TransferLimits.MaxUploadBytes }));
        try
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            return form.Files.GetFile("file")?.OpenReadStream() ?? throw RequestProblem.Invalid("file", "There is no file in the request: name its field \"file\".");
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            throw RequestProblem.Invalid("file", "The body is not valid multipart/form-data.");
        }
    }

    /// <summary>The title without what file systems dislike. The header encodes the rest.</summary>
    private static string FileName(string title, string extension)
    {
        char[] clean = [.. title.Select(c => char.IsControl(c) || char.IsSurrogate(c) || "\\/:*?\"<>|%".Contains(c) ? ' ' : c)];
        string name = string.Join(' ', new string(clean).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim('.', ' ');
        return $"{(name.Length == 0 ? "conversation" : name)}.{extension}";
    }
}
