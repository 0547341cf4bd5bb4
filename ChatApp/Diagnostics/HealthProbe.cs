using ChatApp.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Diagnostics;

/// <summary>Whether the database answers; asked at most once a second, however often the probe is.</summary>
internal sealed partial class HealthProbe(IDbContextFactory<ChatDbContext> databases, TimeProvider time, ILogger<HealthProbe> logger)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<bool>? _answer;
    private DateTimeOffset _askedAt;

    public Task<bool> IsHealthyAsync()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_answer is null || _answer.IsCompleted && now - _askedAt >= Freshness)
                (_answer, _askedAt) = (Task.Run(AskAsync), now);
            return _answer;
        }
    }

    // Belongs to all who ask at the time, so none of them can cancel it.
    private async Task<bool> AskAsync()
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
            await db.Roles.AnyAsync(CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogUnhealthy(e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The database does not answer.")]
    private partial void LogUnhealthy(Exception exception);
}
