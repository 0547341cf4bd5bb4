using ChatApp.Data;

namespace ChatApp.Conversations;

/// <summary>The clock of <see cref="ConversationPurge"/>.</summary>
internal sealed class ConversationHousekeeping(ConversationPurge purge, TimeProvider time, ILogger<ConversationHousekeeping> logger)
    : PeriodicWork(TimeSpan.FromMinutes(1), time, logger)
{
    protected override string Name => "Purging deleted and temporary conversations";

    protected override Task WorkAsync(CancellationToken cancellationToken) => purge.PurgeAsync(cancellationToken);
}
