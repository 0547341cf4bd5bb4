using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;

namespace ChatApp.Transfer;

/// <summary>The rows that a conversation from outside becomes.</summary>
internal sealed class ConversationRows
{
    private const int MaxMetadata = 16_384;
    private const int MaxReason = 2000;

    private readonly DateTime _now;
    private readonly IReadOnlyDictionary<FileDocument, Guid> _files;
    private readonly List<string> _notes;
    private readonly Dictionary<string, Guid> _ids = [];

    public ConversationRows(
        Guid ownerId, Guid id, ConversationDocument document, string title, DateTime now, IReadOnlyDictionary<FileDocument, Guid> files, List<string> notes)
    {
        (_now, _files, _notes) = (now, files, notes);
        for (int i = 0; i < document.Messages.Count; i++)
            _ids[document.Messages[i].Id] = ImportedId.OfMessage(At(document.Messages[i].CreatedAt), i);
        Conversation = new Conversation
        {
            Id = id, OwnerId = ownerId, Title = title, TitledBy = document.TitledBy, SystemPrompt = StorableText.Of(document.SystemPrompt),
            // How close somebody is to an agent is never what their own file says.
            Layer = document.Layer is Layers.Public or Layers.Friends or Layers.Intimate ? Layers.Public : null,
            CreatedAt = At(document.CreatedAt), UpdatedAt = At(document.UpdatedAt == default ? document.CreatedAt : document.UpdatedAt),
            PinnedAt = At(document.PinnedAt), ArchivedAt = At(document.ArchivedAt), ActiveLeafId = LeafOf(document),
        };
    }

    public Conversation Conversation { get; }

    /// <summary>Adds all of them to be stored.</summary>
    public void AddTo(ChatDbContext db, ConversationDocument document)
    {
        db.Conversations.Add(Conversation);
        var tags = (document.Tags ?? []).Select(Tags.Normalize).Where(t => t.Length is > 0 and <= Tags.MaxLength && !t.Any(char.IsControl)).Distinct().Take(Tags.MaxCount);
        db.ConversationTags.AddRange(tags.Select(t => new ConversationTag { ConversationId = Conversation.Id, Name = t }));
        foreach (var message in document.Messages)
            Add(db, message);
    }

    private void Add(ChatDbContext db, MessageDocument document)
    {
        var message = new Message
        {
            Id = _ids[document.Id], ConversationId = Conversation.Id, ParentId = document.Parent is { } parent ? _ids[parent] : null,
            Role = document.Role,
            // Whoever was writing it writes no more.
            Status = document.Status == MessageStatus.Streaming ? MessageStatus.Interrupted : document.Status,
            Content = StorableText.Of(document.Content), Reasoning = StorableText.Of(document.Reasoning), AuthorName = StorableText.Of(document.AuthorName),
            Metadata = MetadataOf(document), CreatedAt = At(document.CreatedAt),
        };
        db.Messages.Add(message);
        if (document.Role == MessageRole.Assistant && document.Run is { } run)
            message.RunId = Add(db, message, run);
        int position = 0;
        foreach (var attachment in document.Attachments ?? [])
        {
            Guid? file = attachment.File is { } named && _files.TryGetValue(named, out var id) ? id : null;
            db.MessageAttachments.Add(new MessageAttachment { MessageId = message.Id, Position = position++, FileId = file, Url = UrlOf(attachment) });
        }
        if (document.Feedback is { } feedback)
        {
            db.MessageFeedback.Add(new MessageFeedback
            {
                MessageId = message.Id, AccountId = Conversation.OwnerId, IsGood = feedback.IsGood, CreatedAt = At(feedback.CreatedAt),
                Reason = StorableText.Of(feedback.Reason) is { } reason ? reason[..Math.Min(reason.Length, MaxReason)] : null,
            });
        }
    }

    /// <summary>A run that has ended, without a log and without usage: what it cost was paid elsewhere.</summary>
    private Guid Add(ChatDbContext db, Message message, RunDocument document)
    {
        var run = new Run
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
        };
        db.Runs.Add(run);
        return run.Id;
    }

    private string? MetadataOf(MessageDocument document)
    {
        if (document.Metadata is not { ValueKind: System.Text.Json.JsonValueKind.Object } metadata)
            return null;
        string text = StorableText.Of(metadata.GetRawText());
        if (text.Length <= MaxMetadata)
            return text;
        _notes.Add("The metadata of a message were left out: they are longer than 16 KB.");
        return null;
    }

    private Guid? LeafOf(ConversationDocument document)
    {
        if (document.ActiveLeaf is { } leaf && _ids.TryGetValue(leaf, out var id))
            return id;
        var parents = document.Messages.Select(m => m.Parent).ToHashSet();
        return document.Messages.Where(m => !parents.Contains(m.Id)).OrderBy(m => m.CreatedAt).Select(m => (Guid?)_ids[m.Id]).LastOrDefault();
    }

    private static string? UrlOf(AttachmentDocument attachment) =>
        Uri.TryCreate(attachment.Url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps ? uri.AbsoluteUri : null;

    // A time that is missing or to come would put it at the wrong end of every list.
    private DateTime At(DateTime time)
    {
        time = time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);
        return time < DateTime.UnixEpoch || time > _now ? _now : time;
    }

    private DateTime? At(DateTime? time) => time is { } given ? At(given) : null;
}
