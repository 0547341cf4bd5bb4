using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Data.Sqlite;
using ChatApp.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatApp.Tests.Runs.Log;

/// <summary>A data directory with one person in it, and what every process that serves it shares: the file.</summary>
internal sealed class LogDirectory : IDisposable
{
    private static readonly Lazy<byte[]> Template = new(MakeTemplate);
    private readonly TestDirectory _directory = new();
    private readonly ServiceProvider _services;

    public static readonly Guid OwnerId = Guid.Parse("01a20000-0000-7000-8000-000000000001");

    public LogDirectory()
        : this(Template.Value)
    {
    }

    private LogDirectory(byte[]? database)
    {
        if (database != null)
            File.WriteAllBytes(Path.Combine(_directory.Path, "chat.db"), database);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Data:Directory", _directory.Path)]).Build();
        _services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddData(configuration).BuildServiceProvider();
    }

    public IDbContextFactory<ChatDbContext> Databases => _services.GetRequiredService<IDbContextFactory<ChatDbContext>>();

    public FaultyLogDatabase OpenLog(int stretch) => new(_services.GetRequiredService<IRunLogDatabase>(), stretch);

    /// <summary>The log itself, as a process opens it at its start.</summary>
    public IRunLogConnection OpenLog(ILogger<SqliteRunLogDatabase> logger) =>
        new SqliteRunLogDatabase(_services.GetRequiredService<IOptions<DataOptions>>(), logger).Open();

    public async Task<T> QueryAsync<T>(Func<ChatDbContext, Task<T>> query)
    {
        await using var db = await Databases.CreateDbContextAsync();
        return await query(db);
    }

    public void Dispose()
    {
        _services.Dispose();
        _directory.Dispose();
    }

    // Migrated once: a property test opens hundreds of directories.
    private static byte[] MakeTemplate()
    {
        using var directory = new LogDirectory(null);
        using (var db = directory.Databases.CreateDbContext())
        {
            db.Database.Migrate();
            db.Users.Add(new Account { Id = OwnerId, UserName = "a", CreatedAt = DateTime.UnixEpoch });
            db.SaveChanges();
            db.Database.ExecuteSqlRaw("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        SqliteConnection.ClearAllPools();
        return File.ReadAllBytes(Path.Combine(directory._directory.Path, "chat.db"));
    }
}
