using System.Threading.Channels;
using ChatApp.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Identity.ApiKeys;

/// <summary>Writes down when a key was last used, at most once a minute per key and never in a request.</summary>
internal sealed partial class ApiKeyUses(IDbContextFactory<ChatDbContext> databases, ILogger<ApiKeyUses> logger) : BackgroundService
{
    private readonly Channel<(Guid KeyId, DateTime At)> _uses =
        Channel.CreateBounded<(Guid, DateTime)>(new BoundedChannelOptions(1024) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    public void Record(VerifiedKey key, DateTime now)
    {
        if (key.TryClaimUse(now))
            _uses.Writer.TryWrite((key.Id, now));
    }

    // Ends when the channel is complete, not when the host begins to stop: what was recorded is still written.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (keyId, at) in _uses.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
                await db.ApiKeys.Where(k => k.Id == keyId).ExecuteUpdateAsync(s => s.SetProperty(k => k.LastUsedAt, at), CancellationToken.None);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                LogWriteFailed(e, keyId);
            }
        }
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _uses.Writer.TryComplete();
        return base.StopAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last use of API key {KeyId} could not be written.")]
    private partial void LogWriteFailed(Exception exception, Guid keyId);
}
