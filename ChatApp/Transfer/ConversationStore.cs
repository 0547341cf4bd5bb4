using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Transfer;

/// <summary>
/// Stores a conversation from outside as one of the caller's: whole or not at all. It is written in small steps and hidden until the
/// last, because while a step lasts nobody else can write.
/// </summary>
internal sealed class ConversationStore(
    IDbContextFactory<ChatDbContext> databases, ConversationDeletion deletion, ConversationFeed feed, IOptions<TransferLimits> limits, TimeProvider time)
{
    /// <summary>Rows, and characters of text, of one step. The search index costs several times what the rows cost.</summary>
    private const int StepRows = 300, StepChars = 400_000;

    /// <summary>Stores it. The second time it finds what the first has stored.</summary>
    public async Task<ImportedConversation> StoreAsync(CurrentUser caller, ForeignConversation foreign, ImportedFiles files, CancellationToken cancellationToken)
    {
        var document = foreign.Conversation;
        string title = TitleOf(document);
        if (Refuse(foreign) is { } reason)
            return new ImportedConversation(null, title, ImportOutcome.Refused, 0, [reason]);
        var id = ImportedId.OfConversation(caller.Id, foreign.Format, document.Id);
        if (await FindAsync(caller, id, foreign, cancellationToken) is { } there)
            return new ImportedConversation(there, title, ImportOutcome.AlreadyHere, 0, []);

        var notes = new ImportNotes(foreign.Notes);
        var kept = new ImportedFiles.Files();
        try
        {
            await files.StoreAsync(document, kept, notes, cancellationToken);
            var rows = new ConversationRows(caller.Id, id, document, title, time.GetUtcNow().UtcDateTime, kept.Ids, notes);
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await ResolveAsync(db, rows.Conversation, document, notes, cancellationToken);
            db.AddRange(rows.First);
            await db.SaveChangesAsync(cancellationToken);
            await AddMessagesAsync(db, rows, document, cancellationToken);
            await LibraryStore.AddDraftAsync(db, caller.Id, id.ToString(), document.Draft, rows.DraftedAt, cancellationToken);
            await ShowAsync(db, rows.Conversation, document, cancellationToken);
            feed.Publish(caller.Id, id, ConversationChange.Updated);
            return new ImportedConversation(id, title, ImportOutcome.Imported, document.Messages.Count, notes.ToList());
        }
        catch (Exception e)
        {
            // What was stored of it stays hidden until it is purged, or imported again.
            await files.TakeBackAsync(kept);
            // Another import of the same file was faster.
            if (e is DbUpdateException refused && StorageFaults.IsConstraintViolation(refused) && await FindAsync(caller, id, foreign, cancellationToken) is { } other)
                return new ImportedConversation(other, title, ImportOutcome.AlreadyHere, 0, []);
            throw;
        }
    }

    private async Task AddMessagesAsync(ChatDbContext db, ConversationRows rows, ConversationDocument document, CancellationToken cancellationToken)
    {
        var (count, chars) = (0, 0L);
        db.ChangeTracker.Clear();
        foreach (var message in document.Messages)
        {
            object[] added = [.. rows.Of(message)];
            db.AddRange(added);
            (count, chars) = (count + added.Length, chars + message.Content.Length + (message.Reasoning?.Length ?? 0));
            if (count < StepRows && chars < StepChars)
                continue;
            long since = time.GetTimestamp();
            await db.SaveChangesAsync(cancellationToken);
            db.ChangeTracker.Clear();
            // As long a pause: whoever else waits to write has a turn.
            await Task.Delay(time.GetElapsedTime(since), time, cancellationToken);
            (count, chars) = (0, 0);
        }
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    /// <summary>The last step: from here on it is one of the person's conversations, under the name that its client has for it unless another has that.</summary>
    private static async Task ShowAsync(ChatDbContext db, Conversation conversation, ConversationDocument document, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // A session of several people stays where it is; what was said in it becomes a conversation of one's own.
        string? source = document.Source is ConversationSources.Agentic or ConversationSources.Persona or ConversationSources.Relay or ConversationSources.StudyGuru ? document.Source : null;
        string? name = source is not null && document.ExternalId is { Length: <= 200 } given ? StorableText.Of(given) : null;
        if (name is not null && await db.Conversations.IgnoreQueryFilters().AnyAsync(
            c => c.OwnerId == conversation.OwnerId && c.Source == source && c.ExternalId == name, cancellationToken))
            name = null;
        await db.SaveChangesAsync(cancellationToken);
        DateTime? none = null;
        // Not one whose deletion has begun meanwhile: a part of it is gone.
        if (await db.Conversations.IgnoreQueryFilters().Where(c => c.Id == conversation.Id && c.OwnerId == conversation.OwnerId && c.DeletedAt > ConversationDeletion.Condemned).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.DeletedAt, none).SetProperty(c => c.Source, source).SetProperty(c => c.ExternalId, name), cancellationToken) == 0)
            throw new InvalidOperationException("The conversation was deleted while it was stored.");
        await transaction.CommitAsync(cancellationToken);
    }

    private string? Refuse(ForeignConversation foreign)
    {
        var messages = foreign.Conversation.Messages;
        if (messages.Count > limits.Value.MaxMessages)
            return $"It has {messages.Count:N0} messages; at most {limits.Value.MaxMessages:N0} can be taken.";
        int longest = messages.Max(m => (int?)(m.Content.Length + (m.Reasoning?.Length ?? 0))) ?? 0;
        if (longest > limits.Value.MaxMessageChars)
            return $"It has a message of {longest:N0} characters; at most {limits.Value.MaxMessageChars:N0} can be taken.";
        int attachments = messages.Sum(m => m.Attachments?.Count ?? 0);
        if (attachments > limits.Value.MaxAttachments)
            return $"It has {attachments:N0} files and addresses; at most {limits.Value.MaxAttachments:N0} can be taken.";
        if (messages.Count == 0 && foreign.Format != ForeignConversation.ChatApp)
            return "It has no messages.";
        if (foreign.Conversation.Version > ConversationDocument.CurrentVersion)
            return "A newer version of this product has written it. Update this server first.";
        return MessageTreeCheck.Find(messages);
    }

    /// <summary>The same conversation, from an earlier import or because the file is from here; null where there is none.</summary>
    private async Task<Guid?> FindAsync(CurrentUser caller, Guid id, ForeignConversation foreign, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // In the trash it only stands in the way.
        if (await db.Conversations.IgnoreQueryFilters().AnyAsync(c => c.Id == id && c.OwnerId == caller.Id && c.DeletedAt != null, cancellationToken))
            await deletion.DeleteAsync(caller.Id, id, c => c.DeletedAt != null, cancellationToken);
        var original = foreign.Format == ForeignConversation.ChatApp && Guid.TryParse(foreign.Conversation.Id, out var own) ? own : id;
        return await db.Conversations.Where(c => (c.Id == id || c.Id == original) && c.OwnerId == caller.Id).Select(c => (Guid?)c.Id).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>What the document names of this server's or the caller's: the agent, the folder.</summary>
    private async Task ResolveAsync(ChatDbContext db, Conversation conversation, ConversationDocument document, ImportNotes notes, CancellationToken cancellationToken)
    {
        if (document.Agent is { } slug)
        {
            conversation.AgentId = await db.Agents.Where(a => a.Slug == slug && a.Enabled).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(cancellationToken);
            if (conversation.AgentId is null)
                notes.Add($"There is no agent “{slug}” here: the default one answers next.");
        }
        if (FolderDocument.NameOf(document.Folder) is { } folder)
        {
            conversation.FolderId = await db.Folders.Where(f => f.OwnerId == conversation.OwnerId && f.Name == folder).Select(f => (Guid?)f.Id).SingleOrDefaultAsync(cancellationToken);
            if (conversation.FolderId is null && await db.Folders.CountAsync(f => f.OwnerId == conversation.OwnerId, cancellationToken) >= Folders.MaxCount)
            {
                notes.Add($"It is in no folder: there are {Folders.MaxCount} already.");
            }
            else if (conversation.FolderId is null)
            {
                var now = time.GetUtcNow();
                var created = new Folder { Id = Guid.CreateVersion7(now), OwnerId = conversation.OwnerId, Name = folder, CreatedAt = now.UtcDateTime };
                db.Folders.Add(created);
                conversation.FolderId = created.Id;
            }
        }
    }

    private static string TitleOf(ConversationDocument document)
    {
        string title = ConversationTitle.OneLine(StorableText.Of(document.Title).ReplaceLineEndings(" "));
        if (title.Length == 0)
            title = ConversationTitle.From(StorableText.Of(document.Messages.FirstOrDefault(m => m.Role == MessageRole.User)?.Content ?? ""));
        if (title.Length == 0)
            return "Imported conversation";
        return title.Length <= ConversationTitle.MaxLength ? title : title[..(char.IsHighSurrogate(title[ConversationTitle.MaxLength - 1]) ? ConversationTitle.MaxLength - 1 : ConversationTitle.MaxLength)];
    }
}
