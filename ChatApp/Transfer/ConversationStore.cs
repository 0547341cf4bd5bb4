using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Transfer;

/// <summary>Stores a conversation from outside as one of the caller's: whole, in one short transaction, or not at all.</summary>
internal sealed class ConversationStore(
    IDbContextFactory<ChatDbContext> databases, ImportedFiles files, ConversationFeed feed, IOptions<TransferLimits> limits, TimeProvider time)
{
    /// <summary>Stores it. The second time it finds what the first has stored.</summary>
    /// <param name="read">The bytes of a file of the conversation; null where they are not there.</param>
    public async Task<ImportedConversation> StoreAsync(
        CurrentUser caller, ForeignConversation foreign, Func<FileDocument, ValueTask<byte[]?>> read, CancellationToken cancellationToken)
    {
        var document = foreign.Conversation;
        string title = TitleOf(document);
        if (Refuse(foreign) is { } reason)
            return new ImportedConversation(null, title, ImportOutcome.Refused, 0, [reason]);
        var id = ImportedId.OfConversation(caller.Id, foreign.Format, document.Id);
        if (await FindAsync(caller, id, foreign, cancellationToken) is { } there)
            return new ImportedConversation(there, title, ImportOutcome.AlreadyHere, 0, []);

        var notes = foreign.Notes.ToList();
        var stored = await files.StoreAsync(caller, document, read, notes, cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var rows = new ConversationRows(caller.Id, id, document, title, time.GetUtcNow().UtcDateTime, stored.Ids, notes);
            await ResolveAsync(db, rows.Conversation, document, notes, cancellationToken);
            rows.AddTo(db, document);
            await db.SaveChangesAsync(cancellationToken);
            feed.Publish(caller.Id, id, ConversationChange.Updated);
            return new ImportedConversation(id, title, ImportOutcome.Imported, document.Messages.Count, notes);
        }
        catch (Exception e)
        {
            await files.TakeBackAsync(caller, stored);
            // Another import of the same file was faster.
            if (e is DbUpdateException refused && StorageFaults.IsConstraintViolation(refused) && await FindAsync(caller, id, foreign, cancellationToken) is { } other)
                return new ImportedConversation(other, title, ImportOutcome.AlreadyHere, 0, []);
            throw;
        }
    }

    private string? Refuse(ForeignConversation foreign)
    {
        var messages = foreign.Conversation.Messages;
        if (messages.Count > limits.Value.MaxMessages)
            return $"It has {messages.Count:N0} messages; at most {limits.Value.MaxMessages:N0} can be taken.";
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
        await db.Conversations.IgnoreQueryFilters().Where(c => c.Id == id && c.OwnerId == caller.Id && c.DeletedAt != null).ExecuteDeleteAsync(cancellationToken);
        var original = foreign.Format == ForeignConversation.ChatApp && Guid.TryParse(foreign.Conversation.Id, out var own) ? own : id;
        return await db.Conversations.Where(c => (c.Id == id || c.Id == original) && c.OwnerId == caller.Id).Select(c => (Guid?)c.Id).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>What the document names of this server's or the caller's: the agent, the folder, the client's own id.</summary>
    private async Task ResolveAsync(ChatDbContext db, Conversation conversation, ConversationDocument document, List<string> notes, CancellationToken cancellationToken)
    {
        if (document.Agent is { } slug)
        {
            conversation.AgentId = await db.Agents.Where(a => a.Slug == slug && a.Enabled).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(cancellationToken);
            if (conversation.AgentId is null)
                notes.Add($"There is no agent “{slug}” here: the default one answers next.");
        }
        if (StorableText.Of(document.Folder)?.ReplaceLineEndings(" ").Trim() is { Length: > 0 } folder)
        {
            folder = folder[..Math.Min(folder.Length, Folders.MaxNameLength)];
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
        // A session of several people stays where it is; what was said in it becomes a conversation of one's own.
        if (document.Source is ConversationSources.Agentic or ConversationSources.Persona or ConversationSources.Relay or ConversationSources.StudyGuru)
        {
            string? name = document.ExternalId is { Length: <= 200 } given ? StorableText.Of(given) : null;
            bool isTaken = name is not null && await db.Conversations.IgnoreQueryFilters().AnyAsync(
                c => c.OwnerId == conversation.OwnerId && c.Source == document.Source && c.ExternalId == name, cancellationToken);
            conversation.Source = document.Source;
            conversation.ExternalId = isTaken ? null : name;
        }
    }

    private static string TitleOf(ConversationDocument document)
    {
        string title = StorableText.Of(document.Title).ReplaceLineEndings(" ").Trim();
        if (title.Length == 0)
            title = ConversationTitle.From(StorableText.Of(document.Messages.FirstOrDefault(m => m.Role == MessageRole.User)?.Content ?? ""));
        if (title.Length == 0)
            return "Imported conversation";
        return title.Length <= ConversationTitle.MaxLength ? title : title[..(char.IsHighSurrogate(title[ConversationTitle.MaxLength - 1]) ? ConversationTitle.MaxLength - 1 : ConversationTitle.MaxLength)];
    }
}
