using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Files;

/// <summary>The files that people have given. Every method looks only at those of one owner.</summary>
public sealed class FileStore(IDbContextFactory<ChatDbContext> databases, IOptions<FileLimits> limits, TimeProvider time)
{
    private const int MaxName = 200;

    public FileLimits Limits => limits.Value;

    /// <summary>Keeps a file.</summary>
    /// <param name="name">For people; null for none.</param>
    /// <exception cref="RequestProblem">400: it is empty. 413: it or all together are too large. 415: it is neither an image nor text.</exception>
    public async Task<FileView> AddAsync(CurrentUser caller, string? name, byte[] content, CancellationToken cancellationToken)
    {
        if (content.Length == 0)
            throw RequestProblem.Invalid("file", "The file is empty.");
        if (content.Length > Limits.MaxBytes)
            throw TooLarge();
        string type = MediaTypes.Detect(content)
            ?? throw new RequestProblem(415, "unsupported_media_type", "Only PNG, JPEG, GIF and WebP images and plain text in UTF-8 can be attached.", "file");
        var now = time.GetUtcNow();
        var file = new StoredFile
        {
            Id = Guid.CreateVersion7(now), OwnerId = caller.Id, Name = CleanName(name), MediaType = type, Content = content,
            Size = content.Length, CreatedAt = now.UtcDateTime,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // Takes the write lock at once on SQLite: of two files at the same time the second sees the first.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Files.Where(f => f.OwnerId == caller.Id).SumAsync(f => f.Size, cancellationToken) + content.Length > Limits.MaxBytesPerAccount)
            throw new RequestProblem(413, "storage_full", "This account's files take all the room that they may take.", "file");
        db.Files.Add(file);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new FileView(file.Id, file.Name, file.MediaType, file.Size, file.CreatedAt);
    }

    /// <summary>Newest first, at most <paramref name="limit"/>, those behind <paramref name="before"/> where given.</summary>
    public async Task<IReadOnlyList<FileView>> ListAsync(CurrentUser caller, int limit, PageCursor? before, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var own = db.Files.Where(f => f.OwnerId == caller.Id);
        if (before is var (at, id))
            own = own.Where(f => f.CreatedAt <= at && (f.CreatedAt < at || f.Id < id));
        return await own.OrderByDescending(f => f.CreatedAt).ThenByDescending(f => f.Id).Take(limit)
            .Select(f => new FileView(f.Id, f.Name, f.MediaType, f.Size, f.CreatedAt)).ToListAsync(cancellationToken);
    }

    /// <summary>Deletes it; messages that it went with keep a note of it. False when the caller has no such file.</summary>
    public async Task<bool> DeleteAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Files.Where(f => f.Id == id && f.OwnerId == caller.Id).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    /// <summary>The caller's file with its content; null when there is none.</summary>
    public async Task<StoredFile?> FindAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == id && f.OwnerId == caller.Id, cancellationToken);
    }

    /// <summary>The caller's file with exactly this content; null when there is none.</summary>
    public async Task<Guid?> FindSameAsync(CurrentUser caller, byte[] content, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Files.Where(f => f.OwnerId == caller.Id && f.Size == content.Length && f.Content == content)
            .OrderBy(f => f.CreatedAt).Select(f => (Guid?)f.Id).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Those of these files that are the owner's, with their content.</summary>
    public async Task<IReadOnlyDictionary<Guid, StoredFile>> LoadAsync(Guid ownerId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Files.AsNoTracking().Where(f => f.OwnerId == ownerId && ids.Contains(f.Id)).ToDictionaryAsync(f => f.Id, cancellationToken);
    }

    /// <summary>The media types of those of these files that are the owner's.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> TypesAsync(Guid ownerId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Files.Where(f => f.OwnerId == ownerId && ids.Contains(f.Id)).ToDictionaryAsync(f => f.Id, f => f.MediaType, cancellationToken);
    }

    /// <summary>Those of these files that are the owner's, without their content.</summary>
    public async Task<IReadOnlyDictionary<Guid, FileView>> ViewsAsync(Guid ownerId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Files.Where(f => f.OwnerId == ownerId && ids.Contains(f.Id))
            .Select(f => new FileView(f.Id, f.Name, f.MediaType, f.Size, f.CreatedAt)).ToDictionaryAsync(f => f.Id, cancellationToken);
    }

    /// <summary>What the owner's file is called and what it is; null when there is none.</summary>
    public async Task<(string Name, string MediaType)?> DescribeAsync(Guid ownerId, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Files.Where(f => f.OwnerId == ownerId && f.Id == id).Select(f => new { f.Name, f.MediaType }).SingleOrDefaultAsync(cancellationToken) is { } file
            ? (file.Name, file.MediaType)
            : null;
    }

    internal RequestProblem TooLarge() => new(413, "too_large", $"The file is larger than {Limits.MaxBytes:N0} bytes.", "file");

    /// <summary>The last part of what may be a path, without controls.</summary>
    private static string CleanName(string? name)
    {
        string last = (name ?? "").Split('/', '\\')[^1];
        string clean = string.Concat(last.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return clean.Length == 0 ? "file" : clean[..Math.Min(clean.Length, MaxName)];
    }
}

/// <summary>A file as its owner sees it.</summary>
/// <param name="MediaType">By its content.</param>
/// <param name="Size">Bytes.</param>
public sealed record FileView(Guid Id, string Name, string MediaType, long Size, DateTime CreatedAt);
