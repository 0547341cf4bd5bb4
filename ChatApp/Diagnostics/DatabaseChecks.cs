using ChatApp.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Diagnostics;

/// <summary>The database can be reached and written.</summary>
internal sealed class DatabaseCheck(IDbContextFactory<ChatDbContext> databases, IOptions<DataOptions> options) : IDiagnosticCheck
{
    public string Category => "database";

    public string Name => "Database";

    public async Task<(DiagnosticStatus, string, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Takes the write lock and changes nothing: a read-only file or a full disk shows here.
        await db.Database.ExecuteSqlAsync($"UPDATE users SET email = email WHERE id = ''", cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
        return (DiagnosticStatus.Ok, $"reachable and writable, in {options.Value.FullDirectory}.", null);
    }
}

/// <summary>The schema is that of this version.</summary>
internal sealed class MigrationsCheck(IDbContextFactory<ChatDbContext> databases) : IDiagnosticCheck
{
    public string Category => "database";

    public string Name => "Migrations";

    public async Task<(DiagnosticStatus, string, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        return pending.Count == 0
            ? (DiagnosticStatus.Ok, "the schema is up to date.", null)
            : (DiagnosticStatus.Error, $"{pending.Count} pending.", "Start the server; it applies them.");
    }
}

/// <summary>SQLite is recent enough.</summary>
internal sealed class SqliteVersionCheck(IDbContextFactory<ChatDbContext> databases) : IDiagnosticCheck
{
    private static readonly Version Needed = new(3, 35), WalResetFixed = new(3, 51, 3);

    public string Category => "database";

    public string Name => "SQLite";

    public async Task<(DiagnosticStatus, string, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        string text = await db.Database.SqlQuery<string>($"SELECT sqlite_version() AS \"Value\"").SingleAsync(cancellationToken);
        var version = Version.Parse(text);
        if (version < Needed)
            return (DiagnosticStatus.Error, $"version {text}; {Needed} or later is needed.", "Install the system's SQLite library (libsqlite3-0 on Debian).");
        // Harmless here, as one connection checkpoints; worth knowing for other tools on the same file.
        string note = version < WalResetFixed ? " (only the server may checkpoint the database: make backups with .backup, not with other writers)" : "";
        return (DiagnosticStatus.Ok, $"version {text}{note}.", null);
    }
}

/// <summary>There is room to write.</summary>
internal sealed class DiskSpaceCheck(IOptions<DataOptions> options) : IDiagnosticCheck
{
    private const long Enough = 1L << 30, Needed = 100L << 20;

    public string Category => "system";

    public string Name => "Disk space";

    public Task<(DiagnosticStatus, string, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        long free = new DriveInfo(options.Value.FullDirectory).AvailableFreeSpace;
        var status = free < Needed ? DiagnosticStatus.Error : free < Enough ? DiagnosticStatus.Warning : DiagnosticStatus.Ok;
        return Task.FromResult<(DiagnosticStatus, string, string?)>(
            (status, $"{free >> 20:N0} MB free for the data directory.", status == DiagnosticStatus.Ok ? null : "Free some, or move the data with Data:Directory."));
    }
}
