using ChatApp.Data;

namespace ChatApp.Files;

/// <summary>The clock of <see cref="ConversationFiles.PurgeAsync"/>: each hour, since it looks at all files.</summary>
internal sealed class FileHousekeeping(ConversationFiles files, TimeProvider time, ILogger<FileHousekeeping> logger)
    : PeriodicWork(TimeSpan.FromHours(1), time, logger)
{
    protected override string Name => "Purging unused files";

    protected override Task WorkAsync(CancellationToken cancellationToken) => files.PurgeAsync(cancellationToken);
}
