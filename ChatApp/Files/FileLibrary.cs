using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Files;

/// <summary>What a person's files are, where they go with, and how much room they take.</summary>
public sealed class FileLibrary(IDbContextFactory<ChatDbContext> databases, IOptions<FileLimits> limits)
{
    /// <summary>Files of one page.</summary>
    public const int PageSize = 50;

    /// <summary>How much the caller's files take, and how much they may.</summary>
    public async Task<FileRoom> MeasureAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var own = db.Files.Where(f => f.OwnerId == caller.Id);
        return new FileRoom(await own.CountAsync(cancellationToken), await own.SumAsync(f => f.Size, cancellationToken), limits.Value.MaxBytesPerAccount);
    }

    /// <summary>A page of the caller's files.</summary>
    /// <param name="largestFirst">Else newest first.</param>
    /// <param name="page">From 1.</param>
    public async Task<IReadOnlyList<OwnFile>> ListAsync(CurrentUser caller, bool largestFirst, int page, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var own = db.Files.Where(f => f.OwnerId == caller.Id);
        var sorted = largestFirst ? own.OrderByDescending(f => f.Size).ThenByDescending(f => f.Id) : own.OrderByDescending(f => f.CreatedAt).ThenByDescending(f => f.Id);
        var files = await sorted.Skip((Math.Max(page, 1) - 1) * PageSize).Take(PageSize)
            .Select(f => new { View = new FileView(f.Id, f.Name, f.MediaType, f.Size, f.CreatedAt), IsPicture = db.Preferences.Any(p => p.PictureId == f.Id) })
            .ToListAsync(cancellationToken);
        var ids = files.ConvertAll(f => (Guid?)f.View.Id);
        var uses = (await (
            from attachment in db.MessageAttachments
            join message in db.Messages on attachment.MessageId equals message.Id
            join conversation in db.Conversations.IgnoreQueryFilters() on message.ConversationId equals conversation.Id
            where ids.Contains(attachment.FileId) && conversation.OwnerId == caller.Id
            select new { attachment.FileId, conversation.Id, conversation.Title, IsDiscarded = conversation.DeletedAt != null }).Distinct().ToListAsync(cancellationToken))
            .OrderBy(u => u.Title, StringComparer.CurrentCultureIgnoreCase).ToLookup(u => u.FileId, u => new FileUse(u.Id, u.Title, u.IsDiscarded));
        return files.ConvertAll(f => new OwnFile(f.View, f.IsPicture, [.. uses[f.View.Id]]));
    }
}

/// <summary>How much a person's files take.</summary>
/// <param name="Used">Bytes.</param>
/// <param name="Most">Bytes that they may take.</param>
public sealed record FileRoom(int Files, long Used, long Most);

/// <summary>A file and what needs it.</summary>
/// <param name="IsPicture">Whether it is the person's picture.</param>
/// <param name="Uses">The conversations with messages that it goes with.</param>
public sealed record OwnFile(FileView File, bool IsPicture, IReadOnlyList<FileUse> Uses);

/// <summary>A conversation that a file goes with.</summary>
/// <param name="IsDiscarded">Whether it was thrown away and can still be brought back.</param>
public sealed record FileUse(Guid ConversationId, string Title, bool IsDiscarded);
