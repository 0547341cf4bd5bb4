using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>
/// What people have begun to write and not sent, one text per person and place. A place is a conversation's id, or
/// <see cref="NewChat"/>.
/// </summary>
public sealed class Drafts(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    /// <summary>The place of a chat that has no conversation yet.</summary>
    public const string NewChat = "new";

    /// <summary>UTF-16 units.</summary>
    public const int MaxLength = 100_000;

    private const int MaxAgentLength = 100;

    /// <summary>Null where nothing was begun.</summary>
    public async Task<Draft?> FindAsync(CurrentUser caller, string place, CancellationToken cancellationToken)
    {
        place = Checked(place);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Drafts.AsNoTracking().SingleOrDefaultAsync(d => d.OwnerId == caller.Id && d.Place == place, cancellationToken);
    }

    /// <summary>Keeps the text; an empty one deletes the draft. Of two that save at once the later one stands.</summary>
    /// <param name="agent">Slug of the agent that it is meant for; null for the conversation's.</param>
    /// <returns>False when the place is no conversation of the caller's, or a temporary one.</returns>
    /// <exception cref="RequestProblem">The text is longer than <see cref="MaxLength"/>, or the place is none.</exception>
    public async Task<bool> SaveAsync(CurrentUser caller, string place, string text, string? agent, CancellationToken cancellationToken)
    {
        place = Checked(place);
        if (text.Length > MaxLength)
            throw RequestProblem.Invalid("text", $"A draft has at most {MaxLength:N0} characters.");
        if (text.Length == 0)
        {
            await DeleteAsync(caller, place, cancellationToken);
            return true;
        }
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (Guid.TryParse(place, out var id) && !await db.Conversations.AnyAsync(c => c.Id == id && c.OwnerId == caller.Id && !c.IsTemporary, cancellationToken))
            return false;
        text = StorableText.Of(text);
        agent = agent is { Length: > 0 and <= MaxAgentLength } ? agent : null;
        var now = time.GetUtcNow().UtcDateTime;
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO drafts (owner_id, place, text, agent, updated_at) VALUES ({caller.Id}, {place}, {text}, {agent}, {now})
            ON CONFLICT (owner_id, place) DO UPDATE SET text = excluded.text, agent = excluded.agent, updated_at = excluded.updated_at
            """, cancellationToken);
        return true;
    }

    /// <summary>Forgets what was begun; nothing where nothing was.</summary>
    public async Task DeleteAsync(CurrentUser caller, string place, CancellationToken cancellationToken)
    {
        place = Checked(place);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Drafts.Where(d => d.OwnerId == caller.Id && d.Place == place).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>One spelling per place.</summary>
    private static string Checked(string place) =>
        place == NewChat ? place
        : Guid.TryParse(place, out var id) ? id.ToString()
        : throw RequestProblem.Invalid("place", $"A place is a conversation's id, or \"{NewChat}\".");
}
