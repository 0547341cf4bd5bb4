using System.Text;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>A file or an address as a client names it.</summary>
/// <param name="Id">Of a file of the caller's; null, or some other system's id, where there is an address.</param>
/// <param name="Url">https, which only the provider reads, or data:, which becomes a file; null where the id says it all.</param>
public sealed record MediaReference(string? Id, string? Url);

/// <summary>What goes with messages: from what a client names to what a model is given.</summary>
internal sealed partial class RunMedia(FileStore files, ConversationFiles uses, IOptions<RunOptions> options, ILogger<RunMedia> logger)
{
    /// <summary>What a model is told in the place of a file that was deleted.</summary>
    public const string Gone = "[A file that is no longer there.]";

    /// <summary>
    /// Starts a run with what these references stand for. What comes as a data URL is kept as a file, unless the run does not start.
    /// </summary>
    /// <param name="field">What the client calls the list.</param>
    /// <exception cref="RequestProblem">There are too many, or one of them can't be used. And those of <paramref name="start"/>.</exception>
    public async Task<StartedRun> StartWithAsync(
        CurrentUser caller, IReadOnlyList<MediaReference> references, string field, Func<IReadOnlyList<Attachment>, Task<StartedRun>> start,
        CancellationToken cancellationToken)
    {
        var added = new List<Guid>();
        try
        {
            return await start(await AttachAsync(caller, references, field, added, cancellationToken));
        }
        catch
        {
            await TakeBackAsync(caller, added);
            throw;
        }
    }

    /// <summary>What goes with a message for these files.</summary>
    /// <param name="field">What the client calls the list.</param>
    /// <exception cref="RequestProblem">There are too many, or one of them is not the caller's.</exception>
    public Task<IReadOnlyList<Attachment>> AttachAsync(CurrentUser caller, IReadOnlyList<Guid> ids, string field, CancellationToken cancellationToken) =>
        AttachAsync(caller, [.. ids.Select(id => new MediaReference(id.ToString(), null))], field, [], cancellationToken);

    /// <param name="added">Filled with the files that were not there before.</param>
    private async Task<IReadOnlyList<Attachment>> AttachAsync(
        CurrentUser caller, IReadOnlyList<MediaReference> references, string field, List<Guid> added, CancellationToken cancellationToken)
    {
        if (references.Count > files.Limits.MaxPerMessage)
            throw RequestProblem.Invalid(field, $"At most {files.Limits.MaxPerMessage} files can go with a message.");
        if (references.Count == 0)
            return [];
        var ids = references.Select(IdOf).OfType<Guid>().ToArray();
        var own = await files.TypesAsync(caller.Id, ids, cancellationToken);
        var attachments = new List<Attachment>(references.Count);
        foreach (var reference in references)
        {
            if (IdOf(reference) is { } id && own.ContainsKey(id))
                attachments.Add(new Attachment(id, null));
            else if (reference.Url is { Length: > 0 } url)
                attachments.Add(DataUrl.IsOne(url) ? new Attachment(await KeepAsync(caller, url, field, added, cancellationToken), null) : new Attachment(null, Checked(url, field)));
            else
                throw RequestProblem.NotFound(field, "One of the files is not there. Upload it first: POST /api/files");
        }
        return attachments;
    }

    /// <summary>Whether there is anything among them that only a model with eyes can use.</summary>
    public async Task<bool> HasImagesAsync(Guid ownerId, IReadOnlyList<Attachment> attachments, CancellationToken cancellationToken) =>
        attachments.Any(a => a.Url != null)
        || (await files.TypesAsync(ownerId, [.. attachments.Select(a => a.FileId).OfType<Guid>()], cancellationToken)).Values.Any(MediaTypes.IsImage);

    /// <summary>What a conversation is called that begins with files and no word: the first text's name.</summary>
    public async Task<string> TitleAsync(Guid ownerId, IReadOnlyList<Attachment> attachments, CancellationToken cancellationToken)
    {
        foreach (var attachment in attachments)
        {
            if (attachment.FileId is { } id && await files.DescribeAsync(ownerId, id, cancellationToken) is { } file && !MediaTypes.IsImage(file.MediaType))
                return file.Name;
        }
        return "Image";
    }

    /// <summary>Puts the owner's files in the places of <see cref="StoredFileContent"/>, and leaves out images that the model can't see.</summary>
    public async Task<ModelCall> FillAsync(Guid ownerId, ModelCall call, CancellationToken cancellationToken)
    {
        // From the newest on: what there is no room for any more is the oldest.
        var ids = Enumerable.Reverse(call.Messages).SelectMany(m => m.Contents).OfType<StoredFileContent>().Select(f => f.FileId).Distinct().ToArray();
        if (ids.Length == 0)
            return call.With(call.Model);
        var known = await files.ViewsAsync(ownerId, ids, cancellationToken);
        int room = RoomFor(call.Model);
        var stored = await files.LoadAsync(ownerId, Fitting(ids.Where(known.ContainsKey).Select(id => known[id]), room), cancellationToken);
        for (int i = call.Messages.Count - 1; i >= 0; i--)
        {
            call.Messages[i] = Replace(call.Messages[i], content => content switch
            {
                StoredFileContent place when !known.ContainsKey(place.FileId) => new TextContent(Gone),
                StoredFileContent place when !stored.ContainsKey(place.FileId) => new TextContent($"[{known[place.FileId].Name}: left out, there is no room for it any more.]"),
                StoredFileContent { FileId: var id } when stored[id] is var file && MediaTypes.IsImage(file.MediaType) => new DataContent(file.Content, file.MediaType) { Name = file.Name },
                StoredFileContent { FileId: var id } => Told(stored[id], ref room),
                _ => content,
            });
        }
        return call.With(call.Model);
    }

    /// <summary>Which of them are loaded: of a long conversation's files only so much is ever in memory.</summary>
    private List<Guid> Fitting(IEnumerable<FileView> newestFirst, long charsLeft)
    {
        long imageBytes = options.Value.MaxImageBytes;
        var fitting = new List<Guid>();
        foreach (var file in newestFirst)
        {
            bool fits = MediaTypes.IsImage(file.MediaType) ? (imageBytes -= file.Size) >= 0 : charsLeft > 0;
            if (fits)
                fitting.Add(file.Id);
            // UTF-8 takes at most three bytes for a UTF-16 unit: it has at least these.
            if (!MediaTypes.IsImage(file.MediaType))
                charsLeft -= file.Size / 3;
        }
        return fitting;
    }

    /// <summary>UTF-16 units. Half of the window, at three to a token, which is cautious, is left to what is said and to the answer.</summary>
    private int RoomFor(ModelTarget model) =>
        (int)Math.Min(options.Value.MaxFileChars, model.ContextWindow is { } window ? window * 3L / 2 : long.MaxValue);

    private static TextContent Told(StoredFile file, ref int room)
    {
        string text = Encoding.UTF8.GetString(file.Content);
        var part = FileText.Part(file.Name, text, room);
        room = Math.Max(0, room - text.Length);
        return part;
    }

    /// <summary>Makes them what a model gets that can't see.</summary>
    public static void TakeOutImages(List<ChatMessage> messages)
    {
        for (int i = 0; i < messages.Count; i++)
            messages[i] = Replace(messages[i], c => c is DataContent or UriContent ? new TextContent("[An image, which you can't see.]") : c);
    }

    private static ChatMessage Replace(ChatMessage message, Func<AIContent, AIContent> change) => message.Contents.All(c => c is TextContent)
        ? message
        : new ChatMessage(message.Role, [.. message.Contents.Select(change)]);

    private static Guid? IdOf(MediaReference reference) => Guid.TryParse(reference.Id, out var id) ? id : null;

    private async Task<Guid> KeepAsync(CurrentUser caller, string url, string field, List<Guid> added, CancellationToken cancellationToken)
    {
        byte[] content = DataUrl.Read(url) ?? throw RequestProblem.Invalid(field, "A data URL must be in base64.");
        // Sent again, it is the same file: else a repeated send would be another request.
        if (await files.FindSameAsync(caller, content, cancellationToken) is { } same)
            return same;
        var id = (await files.AddAsync(caller, null, content, cancellationToken)).Id;
        added.Add(id);
        return id;
    }

    /// <summary>Deletes those that nothing else goes with yet. Says nothing: what went wrong before is told.</summary>
    private async Task TakeBackAsync(CurrentUser caller, List<Guid> added)
    {
        try
        {
            await uses.DeleteUnusedAsync(caller.Id, added, CancellationToken.None);
        }
        catch (Exception e)
        {
            LogLeft(added.Count, caller.Id, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} files of the account {Account} are still there, although the message that they came with was refused.")]
    private partial void LogLeft(int count, Guid account, Exception exception);

    private static string Checked(string url, string field)
    {
        var address = MediaAddress.Read(url)
            ?? throw RequestProblem.Invalid(field, $"The address of a file must be https or data:, of at most {MediaAddress.MaxLength} characters where it is https.");
        return !MediaAddress.IsInside(address)
            ? address.AbsoluteUri
            : throw RequestProblem.Invalid(field, "The address of a file must be one of the internet, not of a private network or of this machine. Upload the file instead.");
    }
}

/// <summary>Stands for a stored file in what a model is asked until it is the run's turn: what waits need not be in memory.</summary>
internal sealed class StoredFileContent(Guid fileId) : AIContent
{
    public Guid FileId => fileId;
}
