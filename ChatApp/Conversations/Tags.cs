using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>The words that people put on their conversations.</summary>
public sealed class Tags(IDbContextFactory<ChatDbContext> databases)
{
    /// <summary>UTF-16 units of one.</summary>
    public const int MaxLength = 40;

    /// <summary>Of one conversation.</summary>
    public const int MaxCount = 20;

    /// <summary>Those of the caller's conversations, in alphabetical order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await (
            from t in db.ConversationTags
            join c in db.Conversations on t.ConversationId equals c.Id
            where c.OwnerId == caller.Id && !c.IsTemporary
            select t.Name).Distinct().OrderBy(name => name).ToListAsync(cancellationToken);
    }

    /// <summary>As a tag is kept: lower case, without <c>#</c> and white space around it; empty for none.</summary>
    public static string Normalize(string? tag) => StorableText.Of((tag ?? "").Trim().TrimStart('#').Trim().ToLowerInvariant());

    /// <summary>Normalized, each once; what is empty is left out.</summary>
    /// <exception cref="RequestProblem">One is too long, or they are too many.</exception>
    public static IReadOnlyList<string> Checked(IEnumerable<string?> tags)
    {
        var names = tags.Select(Normalize).Where(t => t.Length > 0).Distinct().ToList();
        if (names.Any(t => t.Length > MaxLength || t.Any(char.IsControl)))
            throw RequestProblem.Invalid("tags", $"A tag has at most {MaxLength} characters, in one line.");
        return names.Count <= MaxCount ? names : throw RequestProblem.Invalid("tags", $"A conversation has at most {MaxCount} tags.");
    }
}
