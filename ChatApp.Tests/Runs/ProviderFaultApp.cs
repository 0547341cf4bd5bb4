using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>One application with the scripted provider behind both wires, and with providers that can't be reached.</summary>
public sealed class ProviderFaultApp : IAsyncLifetime, IDisposable
{
    public const string Key = "sk-canary-0123456789abcdef";
    public const int MaxOutputChars = 5000;

    private readonly RefusingPort _refusing = new();

    public RunHarness Runs { get; private set; } = null!;
    internal SkippingTime Time { get; } = new();

    /// <summary>What it has logged since it started.</summary>
    public CapturedLogs Logs { get; } = new();

    public async Task InitializeAsync()
    {
        Runs = await RunHarness.StartAsync(
            b =>
            {
                b.Services.AddSingleton<TimeProvider>(Time);
                Logs.Install(b);
            },
            ("Runs:MaxConcurrentPerUser", "500"), ("Runs:MaxRetries", "1"), ("Runs:MaxRetryDelay", "00:00:05"), ("Runs:MaxOutputChars", $"{MaxOutputChars}"));
        foreach (var kind in new[] { ProviderKind.OpenAI, ProviderKind.Anthropic })
        {
            await AddAsync(kind, "scripted", kind == ProviderKind.OpenAI ? Runs.Provider.OpenAIBaseUrl : Runs.Provider.AnthropicBaseUrl);
            await AddAsync(kind, "refusing", $"http://127.0.0.1:{_refusing.Number}");
            await AddAsync(kind, "unknown", "http://provider.invalid");
            // Kestrel answers a TLS handshake on its plain port with HTTP.
            await AddAsync(kind, "plain", $"https://127.0.0.1:{Runs.App.Address.Port}");
        }
    }

    public Task DisposeAsync() => Runs.DisposeAsync().AsTask();

    public void Dispose()
    {
        _refusing.Dispose();
        Logs.Dispose();
    }

    private Task AddAsync(ProviderKind kind, string slug, string url) =>
        Runs.App.Services.GetRequiredService<ProviderAdmin>().AddAsync(
            new NewProvider(slug + "-" + kind.ToString().ToLowerInvariant(), kind) { Name = $"Acme {kind}", BaseUrl = url, ApiKey = Key, AnyModel = true }, default);
}

/// <summary>The system's time, which a test can move ahead; timers are the system's.</summary>
internal sealed class SkippingTime : TimeProvider
{
    private long _ahead;

    public void Skip(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Volatile.Read(ref _ahead));

    public override long GetTimestamp() => base.GetTimestamp() + (long)(new TimeSpan(Volatile.Read(ref _ahead)).TotalSeconds * TimestampFrequency);
}
