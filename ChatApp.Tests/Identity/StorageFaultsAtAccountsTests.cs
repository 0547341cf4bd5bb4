using System.Data.Common;
using System.Net;
using ChatApp.Data.Sqlite;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Identity;

/// <summary>A database that takes nothing is no e-mail address that is taken, and no server that has been set up.</summary>
public sealed class StorageFaultsAtAccountsTests : IAsyncLifetime
{
    private readonly FullDisk _disk = new();
    private TestApp _app = null!;

    public async Task InitializeAsync() =>
        _app = await TestApp.StartAsync(b => b.Services.ConfigureDbContext<SqliteChatDbContext>(o => o.AddInterceptors(_disk)));

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("users")]
    [InlineData("user_logins")]
    public async Task Setup_DiskFull_SaysSoAndWorksLater(string table)
    {
        using var client = _app.CreateClient();
        Dictionary<string, string> form = new() { ["Email"] = "root@example.com", ["Password"] = TestApp.Password };
        _disk.Table = table;

        using var refused = await client.PostFormAsync("setup", form);
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        Assert.Contains("nothing was changed. Try again.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        _disk.Table = null;
        using var done = await client.PostFormAsync("setup", form);
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
    }

    [Fact]
    public async Task Create_DiskFull_IsNoTakenAddress()
    {
        _disk.Table = "users";
        await using var scope = _app.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountService>();

        var fault = await Assert.ThrowsAsync<DbUpdateException>(() => accounts.CreateAsync("ann@example.com", TestApp.Password, false, default));

        Assert.True(ChatApp.Data.StorageFaults.IsUnavailable(fault));
    }

    /// <summary>Refuses rows of one table, as SQLite does where the file can't grow.</summary>
    private sealed class FullDisk : DbCommandInterceptor
    {
        private const int SqliteFull = 13;

        public string? Table { get; set; }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
            Table != null && command.CommandText.Contains($"INSERT INTO \"{Table}\"", StringComparison.Ordinal)
                ? throw new SqliteException("database or disk is full", SqliteFull)
                : ValueTask.FromResult(result);
    }
}
