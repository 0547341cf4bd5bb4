using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>An application, a scripted provider <c>p</c> that takes any model, and one caller.</summary>
public sealed class RunHarness : IAsyncDisposable
{
    private RunHarness(TestApp app, ScriptedProvider provider, CurrentUser user, HttpClient client) =>
        (App, Provider, User, Client) = (app, provider, user, client);

    public TestApp App { get; }
    public ScriptedProvider Provider { get; }
    public CurrentUser User { get; }
    public HttpClient Client { get; }

    public static async Task<RunHarness> StartAsync(params (string Name, string Value)[] settings) => await StartAsync(null, settings);

    public static async Task<RunHarness> StartAsync(Action<WebApplicationBuilder>? configure, params (string Name, string Value)[] settings)
    {
        var provider = ScriptedProvider.Start();
        var app = await TestApp.StartAsync(configure, settings: settings);
        await app.Services.GetRequiredService<ProviderAdmin>().AddAsync(
            new NewProvider("p", ProviderKind.OpenAI) { Name = "Proxima", BaseUrl = provider.OpenAIBaseUrl, ApiKey = "canary-key", AnyModel = true }, default);
        var (user, client) = await app.CreateCallerAsync();
        return new RunHarness(app, provider, user, client);
    }

    /// <summary>Sends a message and waits for the headers.</summary>
    public async Task<HttpResponseMessage> SendAsync(object body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/runs") { Content = JsonContent.Create(body) };
        if (key != null)
            request.Headers.Add("Idempotency-Key", key);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Starts a run in the background.</summary>
    /// <returns>Its view.</returns>
    public async Task<JsonElement> StartRunAsync(string input, string model = "p/m", string? conversation = null)
    {
        using var response = await SendAsync(new { input, model, conversation_id = conversation, background = true });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Runs to the end.</summary>
    public async Task<JsonElement> RunAsync(object body, string? key = null)
    {
        using var response = await SendAsync(body, key);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The run's events from the first to the terminal one, as they stand on the wire.</summary>
    public Task<string> EventsAsync(string run, long after = 0) => Client.GetStringAsync($"/api/runs/{run}/events?after={after}");

    public Task<JsonElement> FindAsync(string run) => Client.GetFromJsonAsync<JsonElement>($"/api/runs/{run}");

    /// <summary>The contents of the shown branch.</summary>
    public async Task<string[]> ShownAsync(string conversation) =>
        [.. (await Client.GetFromJsonAsync<JsonElement>($"/api/conversations/{conversation}/messages"))
            .GetProperty("data").EnumerateArray().Select(m => m.GetProperty("content").GetString()!)];

    public async Task<T> QueryAsync<T>(Func<ChatDbContext, Task<T>> query)
    {
        await using var db = await App.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        return await query(db);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

internal static class JsonTexts
{
    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
