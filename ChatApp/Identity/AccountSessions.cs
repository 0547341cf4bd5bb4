using System.Security.Claims;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Identity;

/// <summary>Opens and ends the rows of sign-ins, by cookie and by token alike.</summary>
public sealed class AccountSessions(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    /// <summary>Opens a session, and puts away those of the account that are over.</summary>
    /// <param name="lifetime">Until it ends by itself.</param>
    /// <param name="refreshId">The first refresh token; null in a browser.</param>
    internal async Task<TokenSession> OpenAsync(Guid accountId, TimeSpan lifetime, Guid? refreshId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = new TokenSession
        {
            Id = Guid.CreateVersion7(now), AccountId = accountId, CreatedAt = now.UtcDateTime, ExpiresAt = (now + lifetime).UtcDateTime, RefreshId = refreshId,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.TokenSessions.Where(s => s.AccountId == accountId && s.ExpiresAt <= now.UtcDateTime).ExecuteDeleteAsync(cancellationToken);
        db.TokenSessions.Add(session);
        await db.SaveChangesAsync(cancellationToken);
        return session;
    }

    /// <summary>Ends the session that the person came with. False where they came with another credential, or it had ended.</summary>
    public async Task<bool> EndAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        if (SessionCheck.SessionOf(person) is not { } id)
            return false;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.TokenSessions.Where(s => s.Id == id).ExecuteDeleteAsync(cancellationToken) > 0;
    }
}
