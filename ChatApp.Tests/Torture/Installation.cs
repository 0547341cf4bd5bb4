using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Torture;

/// <summary>A data directory with a person and the provider <c>p</c>, which outlives the servers that are started and killed on it.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly List<ServerProcess> _servers = [];

    private Installation()
    {
    }

    public ScriptedProvider Provider { get; } = ScriptedProvider.Start();

    /// <summary>The person's API key.</summary>
    public string Key { get; private set; } = "";

    public static async Task<Installation> CreateAsync()
    {
        var installation = new Installation();
        var app = await TestApp.StartAsync(directory: installation._directory);
        try
        {
            await app.Services.GetRequiredService<ProviderAdmin>().AddAsync(
                new NewProvider("p", ProviderKind.OpenAI) { BaseUrl = installation.Provider.OpenAIBaseUrl, ApiKey = "x", AnyModel = true }, default);
            installation.Key = await app.CreateKeyAsync(await app.CreateUserAsync("torture@example.com", admin: true));
        }
        finally
        {
            await app.StopAsync();
        }
        return installation;
    }

    /// <summary>Starts a server on the data. It ends with the installation at the latest.</summary>
    public async Task<ServerProcess> StartServerAsync(Func<string, bool>? until = null)
    {
        var server = await ServerProcess.StartAsync(
            _directory.Path, ["Runs:MaxConcurrent=2000", "Runs:MaxConcurrentPerUser=2000", "Runs:MaxOutputChars=100000000", "Conversations:Titles=false"], until);
        _servers.Add(server);
        return server;
    }

    public HttpClient CreateClient(ServerProcess server, int connections = int.MaxValue) =>
        new(new SocketsHttpHandler { MaxConnectionsPerServer = connections })
        {
            BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", Key) },
        };

    /// <summary>One value from the database, while no server runs on it.</summary>
    public async Task<string> QueryAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Directory.GetFiles(_directory.Path, "*.db").Single()};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        await Provider.DisposeAsync();
        _directory.Dispose();
    }
}
