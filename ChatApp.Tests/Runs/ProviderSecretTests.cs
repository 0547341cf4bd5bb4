using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>A provider that repeats the key it was sent tells it to nobody, not even to the log.</summary>
public sealed class ProviderSecretTests
{
    // Short and of common letters: only who knows it can find it.
    private const string ShortKey = "hunter2";

    [Theory]
    [InlineData(ProviderKind.OpenAI)]
    [InlineData(ProviderKind.Anthropic)]
    public async Task Run_ProviderRepeatsTheKey_IsNotInTheLogAtTrace(ProviderKind kind)
    {
        using var logs = new CapturedLogs();
        await using var runs = await RunHarness.StartAsync(logs.Install, ("Runs:MaxRetries", "0"));
        string url = kind == ProviderKind.OpenAI ? runs.Provider.OpenAIBaseUrl : runs.Provider.AnthropicBaseUrl;
        await runs.App.Services.GetRequiredService<ProviderAdmin>().AddAsync(
            new NewProvider("leaky", kind) { BaseUrl = url, ApiKey = ShortKey, AnyModel = true }, default);
        const string said = $"No such key: {ShortKey}, nor sk-proj-{ShortKey}-0123456789";
        (string Model, Func<ScriptedAnswer, ScriptedAnswer> Script)[] faults =
        [
            ("m401", s => s.Status(401, message: said)), ("m403", s => s.Status(403, message: said)), ("m500", s => s.Status(500, message: said)),
            ("frame", s => s.Text("partial").Error(said)), ("json", s => s.Json($"{{\"key\":\"{ShortKey}\"}}")),
            ("raw", s => s.Text("partial").Raw($"event: {ShortKey}\ndata: {ShortKey}\n\n").Finish()),
            ("delta", s => s.Text("partial").Raw($"event: content_block_delta\ndata: {{\"type\":\"{ShortKey}\"\n\n").Finish()),
        ];

        foreach (var (model, script) in faults)
        {
            runs.Provider.Script(model, script);
            var run = await runs.RunAsync(new { input = "Hi", model = $"leaky/{model}" });
            Assert.DoesNotContain(ShortKey, run.GetRawText(), StringComparison.Ordinal);
        }

        Assert.Contains(logs.Lines, l => l.Contains("HTTP 500", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, l => l.Contains(ShortKey, StringComparison.Ordinal));
    }
}
