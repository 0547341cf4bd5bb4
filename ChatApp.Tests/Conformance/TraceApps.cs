using ChatApp.Agents;
using ChatApp.Tests.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>An application for each dialect, started when its first trace asks for it.</summary>
public sealed class TraceApps : IAsyncLifetime
{
    private readonly Dictionary<string, RunHarness> _apps = [];

    public async Task<RunHarness> ForAsync(string dialect) =>
        _apps.TryGetValue(dialect, out var app) ? app : _apps[dialect] = await StartAsync([]);

    /// <summary>An application of a trace's own.</summary>
    public static async Task<RunHarness> StartAsync(IEnumerable<(string Name, string Value)> settings, Action<WebApplicationBuilder>? configure = null)
    {
        // No comment may stand between the events of a machine that is busy with other things.
        var app = await RunHarness.StartAsync(
            configure, [("Runs:Heartbeat", "00:10:00"), ("Cors:Origins:0", "http://localhost:3000"), ("Cors:Origins:1", "http://localhost:8080"), .. settings]);
        await app.App.Services.GetRequiredService<AgentAdmin>().AddAsync(
            new NewAgent("trace", new AgentSettings("", "p/trace"), "Trace", IsDefault: true), null, default);
        return app;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var app in _apps.Values)
            await app.DisposeAsync();
    }
}
