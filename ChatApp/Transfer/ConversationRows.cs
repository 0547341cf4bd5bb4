using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Runs;

namespace ChatApp.Transfer;

/// <summary>The rows that a conversation from outside becomes.</summary>
internal sealed class ConversationRows
{
    private const int MaxReason = 2000;

    private readonly DateTime _now;
    private readonly ConversationDocument _document;
    private readonly IReadOnlyDictionary<FileDocument, Guid> _files;
    private readonly ImportNotes _notes;
    private readonly Dictionary<string, Guid> _ids = [];

    public ConversationRows(
        Guid ownerId, Guid id, ConversationDocument document, string title, DateTime now, IReadOnlyDictionary<FileDocument, Guid> files, ImportNotes notes)
    {
        (_now, _document, _files, _notes) = (now, document, files, notes);
        for (int i = 0; i < document.Messages.Count; i++)
            _ids[document.Messages[i].Id] = ImportedId.OfMessage(At(document.Messages[i].CreatedAt), i);
        // What stands in the place of an agent's prompt is the word of the app that was trusted with it, never of a file.
        if (!string.IsNullOrEmpty(document.SystemPrompt))
            notes.Add("Its own system prompt was left out: what is asked next is answered as the agent here is set up.");
        Conversation = new Conversation
        {
            Id = id, OwnerId = ownerId, Title = title, TitledBy = document.TitledBy,
            // How close somebody is to an agent is never what their own file says.
            Layer = document.Layer is Layers.Public or Layers.Friends or Layers.Intimate ? Layers.Public : null,
            CreatedAt = At(document.CreatedAt), UpdatedAt = At(document.UpdatedAt == default ? document.CreatedAt : document.UpdatedAt),
            PinnedAt = At(document.PinnedAt), ArchivedAt = At(document.ArchivedAt), ActiveLeafId = LeafOf(document),
            // Nobody sees it before it is whole; what a crash leaves is purged like anything that was thrown away.
            DeletedAt = now,
        };
    }

    /// <summary>Hidden until it is whole.</summary>
    public Conversation Conversation { get; }

    /// <summary>What of it has its place before the messages.</summary>
    public IEnumerable<object> First =>
    [
        Conversation,
        .. (_document.Tags ?? []).Select(Tags.Normalize)
            .Where(t => t.Length is > 0 and <= Tags.MaxLength && !t.Any(char.IsControl)).Distinct().Take(Tags.MaxCount)
            .Select(t => new ConversationTag { ConversationId = Conversation.Id, Name = t }),
    ];

    /// <summary>When the draft was written.</summary>
    public DateTime DraftedAt => At(_document.Draft?.UpdatedAt ?? default);

    /// <summary>A message, with what hangs on it.</summary>
    public IEnumerable<object> Of(MessageDocument document)
    {
        var message = new Message
        {
            Id = _ids[document.Id], ConversationId = Conversation.Id, ParentId = document.Parent is { } parent ? _ids[parent] : null,
            Role = document.Role,
            // Whoever was writing it writes no more.
            Status = document.Status == MessageStatus.Streaming ? MessageStatus.Interrupted : document.Status,
            Content = StorableText.Of(document.Content), Reasoning = StorableText.Of(document.Reasoning), AuthorName = StorableText.Of(document.AuthorName),
            Metadata = ImportedJson.Metadata(document.Metadata, _notes), CreatedAt = At(document.CreatedAt),
        };
        var run = document is { Role: MessageRole.Assistant, Run: { } described } ? RunOf(message, described) : null;
        (message.RunId, message.ToolCalls) = (run?.Id, run is null ? null : ImportedJson.ToolCalls(document.Run!.ToolCalls, _notes));
        yield return message;
        if (run is not null)
            yield return run;
        int position = 0;
        foreach (var attachment in document.Attachments ?? [])
        {
            Guid? file = attachment.File is { } named && _files.TryGetValue(named, out var id) ? id : null;
            yield return new MessageAttachment { MessageId = message.Id, Position = position++, FileId = file, Url = UrlOf(attachment) };
        }
        if (document.Feedback is { } feedback)
        {
            yield return new MessageFeedback
            {
                MessageId = message.Id, AccountId = Conversation.OwnerId, IsGood = feedback.IsGood, CreatedAt = At(feedback.CreatedAt),
                // Cut first: half of a letter that the cut leaves is none to be stored.
                Reason = StorableText.Of(feedback.Reason is { Length: > MaxReason } reason ? reason[..MaxReason] : feedback.Reason),
            };
        }
    }

    /// <summary>A run that has ended, without a log. What it used was paid elsewhere: it is kept with the run, and counts for nothing.</summary>
    private Run RunOf(Message message, RunDocument document) => new()
    {
        Id = Guid.CreateVersion7(new DateTimeOffset(message.CreatedAt)), OwnerId = Conversation.OwnerId, ConversationId = Conversation.Id,
        UserMessageId = message.ParentId ?? message.Id, MessageId = message.Id, Agent = StorableText.Of(document.Agent), Model = StorableText.Of(document.Model),
        Status = message.Status switch
        {
            MessageStatus.Completed => RunStatus.Completed,
            MessageStatus.Failed => RunStatus.Failed,
            MessageStatus.Cancelled => RunStatus.Cancelled,
            _ => RunStatus.Interrupted,
        },
        FinishReason = StorableText.Of(document.FinishReason), ErrorCode = StorableText.Of(document.ErrorCode), ErrorMessage = StorableText.Of(document.ErrorMessage),
        CreatedAt = message.CreatedAt, FirstTokenAt = At(document.FirstTokenAt), FinishedAt = At(document.FinishedAt) ?? message.CreatedAt,
        Imported = ImportedJson.Run(document),
    };

    private Guid? LeafOf(ConversationDocument document)
    {
        if (document.ActiveLeaf is { } leaf && _ids.TryGetValue(leaf, out var id))
            return id;
        var parents = document.Messages.Select(m => m.Parent).ToHashSet();
        return document.Messages.Where(m => !parents.Contains(m.Id)).OrderBy(m => m.CreatedAt).Select(m => (Guid?)_ids[m.Id]).LastOrDefault();
    }

    private static string? UrlOf(AttachmentDocument attachment) =>
        MediaAddress.Read(attachment.Url) is { } address && !MediaAddress.IsInside(address) ? address.AbsoluteUri : null;

    // A time that is missing or to come would put it at the wrong end of every list.
    private DateTime At(DateTime time)
    {
        time = time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);
        return time < DateTime.UnixEpoch || time > _now ? _now : time;
    }

    private DateTime? At(DateTime? time) => time is { } given ? At(given) : null;
}
