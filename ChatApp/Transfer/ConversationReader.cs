using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Runs;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Transfer;

/// <summary>Reads a person's conversations for an export. Temporary ones and those in the trash are not there.</summary>
internal sealed class ConversationReader(IDbContextFactory<ChatDbContext> databases, RunDescriptions runs)
{
    /// <summary>Ids of the caller's conversations, oldest first.</summary>
    public async Task<IReadOnlyList<Guid>> ListAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Conversations.Where(c => c.OwnerId == caller.Id && !c.IsTemporary)
            .OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).Select(c => c.Id).ToListAsync(cancellationToken);
    }

    /// <summary>The conversation; null when the caller has no such one.</summary>
    /// <param name="shownOnly">Only the shown branch, root first, instead of the whole tree, oldest first.</param>
    /// <param name="hashes">SHA-256 of the caller's files, where they go along; null where they do not.</param>
    public async Task<ConversationDocument?> LoadAsync(
        CurrentUser caller, Guid id, bool shownOnly, IReadOnlyDictionary<Guid, string>? hashes, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await (
            from c in db.Conversations.AsNoTracking()
            where c.Id == id && c.OwnerId == caller.Id && !c.IsTemporary
            select new
            {
                Conversation = c,
                Agent = db.Agents.Where(a => a.Id == c.AgentId).Select(a => a.Slug).FirstOrDefault(),
                Folder = db.Folders.Where(f => f.Id == c.FolderId).Select(f => f.Name).FirstOrDefault(),
            }).SingleOrDefaultAsync(cancellationToken);
        if (found is null)
            return null;
        var conversation = found.Conversation;
        string place = id.ToString();
        // With the files, that is in an archive: the file of one conversation may be meant for others.
        var draft = hashes is null ? null : await db.Drafts.Where(d => d.OwnerId == caller.Id && d.Place == place)
            .Select(d => new DraftDocument(d.Text, d.Agent, d.UpdatedAt)).SingleOrDefaultAsync(cancellationToken);
        var tags = await db.ConversationTags.Where(t => t.ConversationId == id).OrderBy(t => t.Name).Select(t => t.Name).ToListAsync(cancellationToken);
        return new ConversationDocument
        {
            Id = id.ToString(), Title = conversation.Title, TitledBy = conversation.TitledBy, Agent = found.Agent, Folder = found.Folder,
            Tags = tags.Count == 0 ? null : tags,
            Source = conversation.Source, ExternalId = conversation.ExternalId, SystemPrompt = conversation.SystemPrompt, Layer = conversation.Layer,
            CreatedAt = conversation.CreatedAt, UpdatedAt = conversation.UpdatedAt, PinnedAt = conversation.PinnedAt, ArchivedAt = conversation.ArchivedAt,
            ActiveLeaf = conversation.ActiveLeafId?.ToString(), Draft = draft,
            Messages = await LoadMessagesAsync(db, caller, conversation, shownOnly, hashes, cancellationToken),
        };
    }

    private async Task<IReadOnlyList<MessageDocument>> LoadMessagesAsync(
        ChatDbContext db, CurrentUser caller, Conversation conversation, bool shownOnly, IReadOnlyDictionary<Guid, string>? hashes, CancellationToken cancellationToken)
    {
        var id = conversation.Id;
        List<Message> messages;
        if (!shownOnly)
            messages = await db.Messages.AsNoTracking().Where(m => m.ConversationId == id).OrderBy(m => m.CreatedAt).ThenBy(m => m.Id).ToListAsync(cancellationToken);
        else if (conversation.ActiveLeafId is { } leaf)
            messages = MessagePath.RootFirst(await MessagePath.Of(db, id, leaf).ToListAsync(cancellationToken), leaf, m => m.Id, m => m.ParentId);
        else
            messages = [];

        var described = await runs.LoadAsync(id, cancellationToken);
        var feedback = await (
            from f in db.MessageFeedback.AsNoTracking()
            join m in db.Messages on f.MessageId equals m.Id
            where m.ConversationId == id && f.AccountId == caller.Id
            select f).ToDictionaryAsync(f => f.MessageId, cancellationToken);
        var attachments = (await (
            from a in db.MessageAttachments
            join m in db.Messages on a.MessageId equals m.Id
            join f in db.Files on a.FileId equals f.Id into files
            from f in files.DefaultIfEmpty()
            where m.ConversationId == id
            orderby a.Position
            select new { a.MessageId, a.Url, a.FileId, f.Name, f.MediaType, Size = (long?)f.Size }).ToListAsync(cancellationToken)).ToLookup(a => a.MessageId);

        return [.. messages.Select(m => new MessageDocument
        {
            Id = m.Id.ToString(), Parent = m.ParentId?.ToString(), Role = m.Role, Status = m.Status, Content = m.Content, Reasoning = m.Reasoning,
            Metadata = m.Metadata is null ? null : JsonSerializer.Deserialize<JsonElement>(m.Metadata, ConversationDocument.Json), AuthorName = m.AuthorName, CreatedAt = m.CreatedAt,
            Run = m.RunId is { } runId && described.TryGetValue(runId, out var run) ? run with { ToolCalls = ToolCalls.Read(m.ToolCalls) } : null,
            Feedback = feedback.TryGetValue(m.Id, out var said) ? new FeedbackDocument(said.IsGood, said.Reason, said.CreatedAt) : null,
            Attachments = !attachments.Contains(m.Id) ? null
                : [.. attachments[m.Id].Select(a => new AttachmentDocument
                {
                    Url = a.Url,
                    File = a.FileId is { } file && a.Name is { } name ? new FileDocument(name, a.MediaType, a.Size, hashes?.GetValueOrDefault(file)) : null,
                })],
        })];
    }
}
