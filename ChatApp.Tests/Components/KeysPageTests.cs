using System.Net;
using ChatApp.Identity.ApiKeys;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>The form of the page of API keys, as a browser posts it and as nobody's browser does.</summary>
public sealed class KeysPageTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1")]
    [InlineData("5000")]
    [InlineData("soon")]
    public async Task Create_ExpiryThatWasNotOffered_IsRefused(string? days)
    {
        await using var app = await TestApp.StartAsync();
        var (owner, client) = await SignInAsync(app);
        var response = await CreateAsync(client, days);
        Assert.Contains("Choose when the key expires.", WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Empty(await app.Services.GetRequiredService<ApiKeyService>().ListAsync(owner, default));
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("30", 30)]
    [InlineData("365", 365)]
    public async Task Create_OfferedExpiry_IsTheKeys(string days, int? expected)
    {
        await using var app = await TestApp.StartAsync();
        var (owner, client) = await SignInAsync(app);
        await CreateAsync(client, days);
        var key = Assert.Single(await app.Services.GetRequiredService<ApiKeyService>().ListAsync(owner, default));
        Assert.Equal(expected, key.ExpiresAt is { } at ? (int)Math.Round((at - key.CreatedAt).TotalDays) : null);
    }

    private static async Task<(Guid Owner, HttpClient Client)> SignInAsync(TestApp app)
    {
        var owner = await app.CreateUserAsync("admin@example.com", admin: true);
        return (owner, await app.SignInAsync("admin@example.com"));
    }

    private static Task<HttpResponseMessage> CreateAsync(HttpClient client, string? days)
    {
        var fields = new Dictionary<string, string> { ["Name"] = "Deploy script", ["Granted"] = "read" };
        if (days is not null)
            fields["Days"] = days;
        return client.PostFormAsync("account/keys", fields, form: "create");
    }
}
