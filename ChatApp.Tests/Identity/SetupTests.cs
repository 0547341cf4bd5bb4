using System.Net;
using ChatApp.Data;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Identity;

public sealed class SetupTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Setup_FiftyInParallel_MakesExactlyOneAdmin(int round)
    {
        await using var app = await TestApp.StartAsync();
        HttpClient[] clients = [.. Enumerable.Range(0, 50).Select(_ => app.CreateClient())];
        var forms = await Task.WhenAll(clients.Select(c => c.ReadFormAsync("setup")));

        var answers = await Task.WhenAll(clients.Select((client, i) => client.PostAsync("setup", FormPosts.Fill(
            forms[i], new() { ["Email"] = $"admin{round}-{i}@example.com", ["Password"] = TestApp.Password }))));

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Redirect && a.Headers.Contains("Set-Cookie")));
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        Assert.Equal(1, await db.AdminIds().CountAsync());
        Assert.Equal(1, await db.Users.CountAsync());
    }

    [Fact]
    public async Task Pages_BeforeAndAfterSetup_LeadToSetupThenToSignIn()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();
        Assert.Equal("/setup", (await client.GetAsync("account/keys")).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("api/nothing")).StatusCode);

        var done = await client.PostFormAsync("setup", new() { ["Email"] = "root@example.com", ["Password"] = TestApp.Password });
        Assert.Equal("/", done.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("account/keys")).StatusCode);
        Assert.Equal("/", (await client.GetAsync("setup")).Headers.Location?.OriginalString);

        using var stranger = app.CreateClient();
        Assert.StartsWith("/account/login?", (await stranger.GetAsync("account/keys")).Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setup_ThroughAProxy_NeedsTheCode()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        Dictionary<string, string> fields = new() { ["Email"] = "root@example.com", ["Password"] = TestApp.Password };

        Assert.Contains("not the code", await (await client.PostFormAsync("setup", fields)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        fields["Code"] = "AAAAA-AAAAA";
        Assert.Equal(HttpStatusCode.OK, (await client.PostFormAsync("setup", fields)).StatusCode);
        fields["Code"] = app.Services.GetRequiredService<FirstRun>().Code.ToLowerInvariant();
        Assert.Equal(HttpStatusCode.Redirect, (await client.PostFormAsync("setup", fields)).StatusCode);
    }

    [Theory]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("x-forwarded-server", "proxy")]
    [InlineData("X-Real-IP", "203.0.113.7")]
    [InlineData("CF-Connecting-IP", "203.0.113.7")]
    [InlineData("X-Original-Host", "chat.example.com")]
    public async Task Setup_AnyTraceOfAProxy_NeedsTheCode(string header, string value)
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();
        Assert.DoesNotContain("name=\"Code\"", await client.GetStringAsync("setup"), StringComparison.Ordinal);
        client.DefaultRequestHeaders.Add(header, value);
        Assert.Contains("name=\"Code\"", await client.GetStringAsync("setup"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setup_ForeignHostName_NeedsTheCode()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Host = "rebound.example";
        Assert.Contains("name=\"Code\"", await client.GetStringAsync("setup"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", TestApp.Password, "e-mail")]
    [InlineData("root@example.com", "short", "at least 10")]
    public async Task Setup_BadInput_SaysSoAndMakesNothing(string email, string password, string expected)
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();
        var answer = await client.PostFormAsync("setup", new() { ["Email"] = email, ["Password"] = password });
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await app.Services.GetRequiredService<FirstRun>().IsPendingAsync(default));
    }
}
