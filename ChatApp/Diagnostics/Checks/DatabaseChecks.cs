using System.Diagnostics;
using ChatApp.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Diagnostics.Checks;

internal sealed class ConnectionCheck(IDbContextFactory<ChatDbContext> databases) : IDiagnosticCheck
{
    public string Category => DiagnosticRunner.DatabaseCategory;
    public string Name => "connection";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        string file = db.Database.GetDbConnection().DataSource;
        // Connecting would create the file.
        if (!File.Exists(file))
        {
            return CheckResult.Error(
                $"There is no database in {Path.GetDirectoryName(file)}.", $"Start the server once, or set Data__Directory to the folder that has it: {CommandText.For("")}");
        }
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
        return CheckResult.Ok($"{file} can be read and written.");
    }
}

internal sealed class SqliteVersionCheck(IDbContextFactory<ChatDbContext> databases) : IDiagnosticCheck
{
    // The oldest that has all statements the product uses.
    private static readonly Version Oldest = new(3, 35);

    public string Category => DiagnosticRunner.DatabaseCategory;
    public string Name => "sqlite";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        var version = Version.Parse(db.Database.GetDbConnection().ServerVersion);
        const string fix = "Install the system's SQLite, e.g. apt-get install libsqlite3-0, and start again.";
        if (version < Oldest)
            return CheckResult.Error($"SQLite {version} is too old; {Oldest} or later is needed.", fix);
        return IsBundled()
            ? CheckResult.Warning($"SQLite {version} is the one that comes with the product, which is old.", fix)
            : CheckResult.Ok($"SQLite {version} of the system.");
    }

    private static bool IsBundled()
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Any(m => Path.GetFileNameWithoutExtension(m.FileName) is "libe_sqlite3" or "e_sqlite3");
    }
}

internal sealed class MigrationsCheck(IDbContextFactory<ChatDbContext> databases) : IDiagnosticCheck
{
    public string Category => DiagnosticRunner.DatabaseCategory;
    public string Name => "migrations";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        string[] pending = [.. await db.Database.GetPendingMigrationsAsync(cancellationToken)];
        string[] unknown = [.. (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Except(db.Database.GetMigrations())];
        if (unknown is not [])
            return CheckResult.Error($"The database was made by a newer version of the product: {string.Join(", ", unknown)}.", "Install that version again.");
        return pending is []
            ? CheckResult.Ok("The schema is up to date.")
            : CheckResult.Error($"The schema lacks {string.Join(", ", pending)}.", $"Start the server, which migrates: {CommandText.For("")}");
    }
}
