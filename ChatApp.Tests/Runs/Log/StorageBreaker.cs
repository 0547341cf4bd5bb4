using ChatApp.Data;
using ChatApp.Data.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Runs.Log;

/// <summary>Why a database takes nothing.</summary>
public enum StorageFaultKind
{
    /// <summary>The file can't grow: SQLITE_FULL.</summary>
    Full,

    /// <summary>SQLITE_READONLY.</summary>
    ReadOnly,

    /// <summary>Another connection writes for longer than anybody waits: SQLITE_BUSY.</summary>
    Locked,
}

/// <summary>Makes the run log's real connection to SQLite fail, and work again.</summary>
internal sealed class StorageBreaker : IDisposable
{
    private FaultyLogDatabase _log = null!;
    private SqliteConnection? _locker;

    /// <summary>Puts itself in front of the application's log.</summary>
    public void Install(WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<IRunLogDatabase>(s => _log = new FaultyLogDatabase(ActivatorUtilities.CreateInstance<SqliteRunLogDatabase>(s)));

    /// <summary>Ends when so many more transactions have failed.</summary>
    public Task FailedAsync(int times) => _log.FailedAsync(times).WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Nothing more of this run can be stored.</summary>
    public void Poison(Guid run) => _log.Poison(run);

    public async Task BreakAsync(RunHarness runs, StorageFaultKind kind)
    {
        switch (kind)
        {
            case StorageFaultKind.Full:
                _log.Fill();
                break;
            case StorageFaultKind.ReadOnly:
                _log.Run("PRAGMA query_only=1");
                break;
            case StorageFaultKind.Locked:
                // Not pooled: a connection that goes back to the pool keeps its lock.
                _locker = new SqliteConnection(await runs.QueryAsync(db => Task.FromResult(db.Database.GetConnectionString())) + ";Pooling=False");
                await _locker.OpenAsync();
                using (var begin = _locker.CreateCommand())
                {
                    begin.CommandText = "BEGIN IMMEDIATE";
                    await begin.ExecuteNonQueryAsync();
                }
                break;
        }
    }

    public void Repair()
    {
        _log.Run("PRAGMA max_page_count=1073741823; PRAGMA query_only=0");
        Dispose();
    }

    public void Dispose()
    {
        _locker?.Dispose();
        _locker = null;
    }
}
