using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Files;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Transfer;

/// <summary>
/// Writes everything of a person into one zip file, one conversation or file at a time: at no moment is more than that in memory.
/// </summary>
internal sealed class ArchiveExport(IDbContextFactory<ChatDbContext> databases, ConversationReader conversations, FileStore files, TimeProvider time)
{
    public const string FormatName = "chatapp-archive";
    public const int CurrentVersion = 1;
    public const string ManifestName = "manifest.json";
    public const string ConversationsFolder = "conversations/";
    public const string FilesFolder = "files/";
    public const string PromptsName = "prompts.json";
    public const string LibraryName = "library.json";

    /// <summary>Writes the archive. What is deleted meanwhile is left out; what is new meanwhile may be.</summary>
    public async Task WriteAsync(CurrentUser caller, Stream output, CancellationToken cancellationToken)
    {
        await using var buffered = new AsyncOutput(output);
        await using (var zip = await ZipArchive.CreateAsync(buffered, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken))
        {
            await AddJsonAsync(zip, ManifestName, new Manifest(FormatName, CurrentVersion, time.GetUtcNow().UtcDateTime), cancellationToken);
            await AddAccountAsync(zip, caller, cancellationToken);
            var hashes = await AddFilesAsync(zip, caller, cancellationToken);
            foreach (var id in await conversations.ListAsync(caller, cancellationToken))
            {
                if (await conversations.LoadAsync(caller, id, shownOnly: false, hashes, cancellationToken) is { } conversation)
                    await AddJsonAsync(zip, $"{ConversationsFolder}{id}.json", conversation, cancellationToken);
            }
        }
        await buffered.FlushAsync(cancellationToken);
    }

    /// <summary>What belongs to the person rather than to a conversation. An import takes the prompts, folders and drafts; the rest is for reading.</summary>
    private async Task AddAccountAsync(ZipArchive zip, CurrentUser caller, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var account = await db.Users.Where(u => u.Id == caller.Id).Select(u => new { u.Email, u.DisplayName, u.CreatedAt }).SingleAsync(cancellationToken);
        var preferences = await db.Preferences.AsNoTracking().SingleOrDefaultAsync(p => p.AccountId == caller.Id, cancellationToken);
        await AddJsonAsync(zip, "account.json", new
        {
            account.Email, account.DisplayName, account.CreatedAt, preferences?.Theme, preferences?.TextSize, preferences?.Language, preferences?.DefaultAgent,
        }, cancellationToken);
        var prompts = await db.Prompts.Where(p => p.OwnerId == caller.Id).OrderBy(p => p.Command)
            .Select(p => new PromptDocument(p.Command, p.Name, p.Text, p.UpdatedAt)).ToListAsync(cancellationToken);
        await AddJsonAsync(zip, PromptsName, prompts, cancellationToken);
        var folders = await db.Folders.Where(f => f.OwnerId == caller.Id).OrderBy(f => f.Name).Select(f => new FolderDocument(f.Name, f.CreatedAt)).ToListAsync(cancellationToken);
        var draft = await db.Drafts.Where(d => d.OwnerId == caller.Id && d.Place == Drafts.NewChat)
            .Select(d => new DraftDocument(d.Text, d.Agent, d.UpdatedAt)).SingleOrDefaultAsync(cancellationToken);
        await AddJsonAsync(zip, LibraryName, new LibraryDocument(folders, draft), cancellationToken);
        await using var entry = await zip.CreateEntry("usage.json", CompressionLevel.Fastest).OpenAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(entry, ReadUsageAsync(db, caller, cancellationToken), ConversationDocument.Json, cancellationToken);
    }

    // By pages: a query that waits for a slow client would keep SQLite from tidying up its log.
    private static async IAsyncEnumerable<UsageDocument> ReadUsageAsync(ChatDbContext db, CurrentUser caller, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int pageSize = 1000;
        List<UsageDocument> page;
        int read = 0;
        do
        {
            page = await db.Usage.Where(u => u.OwnerId == caller.Id).OrderBy(u => u.CreatedAt).ThenBy(u => u.RunId).Skip(read).Take(pageSize)
                .Select(u => new UsageDocument(
                    u.CreatedAt, u.Agent, u.Model, u.InputTokens, u.OutputTokens, u.CachedInputTokens, u.ReasoningTokens, u.Estimated, u.Cost, u.Points))
                .ToListAsync(cancellationToken);
            foreach (var entry in page)
                yield return entry;
            read += page.Count;
        }
        while (page.Count == pageSize);
    }

    /// <returns>The hash of each file, which is its name in the archive: the same bytes are there once.</returns>
    private async Task<Dictionary<Guid, string>> AddFilesAsync(ZipArchive zip, CurrentUser caller, CancellationToken cancellationToken)
    {
        List<Guid> ids;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
            ids = await db.Files.Where(f => f.OwnerId == caller.Id).OrderBy(f => f.CreatedAt).Select(f => f.Id).ToListAsync(cancellationToken);
        var hashes = new Dictionary<Guid, string>();
        var written = new HashSet<string>();
        var index = new List<FileDocument>();
        foreach (var id in ids)
        {
            if (await files.FindAsync(caller, id, cancellationToken) is not { } file)
                continue;
            string hash = Convert.ToHexStringLower(SHA256.HashData(file.Content));
            hashes[id] = hash;
            index.Add(new FileDocument(file.Name, file.MediaType, file.Size, hash));
            if (!written.Add(hash))
                continue;
            var level = MediaTypes.IsImage(file.MediaType) ? CompressionLevel.NoCompression : CompressionLevel.Fastest;
            await using var entry = await zip.CreateEntry(FilesFolder + hash, level).OpenAsync(cancellationToken);
            await entry.WriteAsync(file.Content, cancellationToken);
        }
        await AddJsonAsync(zip, "files.json", index, cancellationToken);
        return hashes;
    }

    private static async Task AddJsonAsync<T>(ZipArchive zip, string name, T value, CancellationToken cancellationToken)
    {
        await using var entry = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(entry, value, ConversationDocument.Json, cancellationToken);
    }

    /// <summary>The archive's first entry.</summary>
    internal sealed record Manifest(string Format, int Version, DateTime CreatedAt);

    private sealed record UsageDocument(
        DateTime CreatedAt, string Agent, string Model, long InputTokens, long OutputTokens, long CachedInputTokens, long ReasoningTokens,
        bool Estimated, decimal? Cost, int? Points);
}
