using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Profiles;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Profiles;

/// <summary>What a person sets about themselves: the pages as a browser posts them, and the API.</summary>
public sealed class ProfileTests : IAsyncLifetime
{
    private const string Email = "ada@example.com";

    private TestApp _app = null!;
    private Guid _ada;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync();
        await _app.CreateUserAsync("root@example.com", admin: true);
        _ada = await _app.CreateUserAsync(Email);
        _client = await _app.SignInAsync(Email);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Preferences_Saved_AreThoseOfTheNextPageAndOfANewBrowser()
    {
        using var saved = await _client.PostFormAsync(
            "account/profile", new() { ["Theme"] = "dark", ["TextSize"] = "125", ["Language"] = "de", ["DefaultAgent"] = "" }, form: "preferences");
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);

        using var elsewhere = await _app.SignInAsync(Email);
        foreach (var client in new[] { _client, elsewhere })
        {
            string page = await client.GetStringAsync("account/profile");
            Assert.Matches("""<html lang="de" data-theme="dark"[^>]* style="--text-scale:1.25" """, page);
        }
    }

    [Fact]
    public async Task Preferences_BackToTheUsual_LeaveNoCookie()
    {
        await _client.PostFormAsync("account/profile", new() { ["Theme"] = "dark", ["TextSize"] = "150", ["Language"] = "fr" }, form: "preferences");
        await _client.PostFormAsync("account/profile", new() { ["Theme"] = "system", ["TextSize"] = "100", ["Language"] = "auto" }, form: "preferences");

        Assert.Matches("""<html lang="en" data-account""", await _client.GetStringAsync("account/profile"));
    }

    [Theory]
    [InlineData("""{"theme":"pink"}""", "theme")]
    [InlineData("""{"text_size":1000}""", "text_size")]
    [InlineData("""{"language":"xx"}""", "language")]
    [InlineData("""{"default_agent":"nobody"}""", "default_agent")]
    public async Task Preferences_ThatDoNotExist_AreRefused(string body, string field)
    {
        using var answer = await _client.PatchAsync("/api/preferences", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).Text("field"));
        Assert.Equal(0, await QueryAsync(db => db.Preferences.CountAsync()));
    }

    [Fact]
    public async Task Preferences_ChangedAtOnce_AreAllKept()
    {
        string[] bodies = ["""{"theme":"dark"}""", """{"text_size":110}""", """{"language":"fr"}"""];

        var answers = await Task.WhenAll(bodies.Select(b => _client.PatchAsync("/api/preferences", new StringContent(b, System.Text.Encoding.UTF8, "application/json"))));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        var row = await QueryAsync(db => db.Preferences.SingleAsync());
        Assert.Equal(("dark", 110, "fr"), (row.Theme, row.TextSize, row.Language));
    }

    [Fact]
    public async Task Picture_Changed_ReplacesTheOldOne()
    {
        Assert.Equal(HttpStatusCode.Redirect, (await PostPictureAsync(TestImages.Png)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await PostPictureAsync(TestImages.Gif)).StatusCode);

        var file = await QueryAsync(db => db.Files.SingleAsync(f => f.OwnerId == _ada));
        Assert.Equal("image/gif", file.MediaType);
        Assert.Contains($"/api/files/{file.Id}", await _client.GetStringAsync("account/profile"), StringComparison.Ordinal);
        await _client.PostFormAsync("account/profile", [], form: "no-picture");
        Assert.Equal(0, await QueryAsync(db => db.Files.CountAsync()));
    }

    [Fact]
    public async Task Picture_ThatIsNoneOrTooLarge_IsRefusedInASentence()
    {
        Assert.Contains("Choose a PNG", await ReadAsync(await PostPictureAsync("<svg onload=alert(1)>"u8.ToArray())), StringComparison.Ordinal);
        Assert.Contains("larger than 1 MB", await ReadAsync(await PostPictureAsync([.. TestImages.Png, .. new byte[1024 * 1024]])), StringComparison.Ordinal);
        Assert.Equal(0, await QueryAsync(db => db.Files.CountAsync()));
    }

    [Fact]
    public async Task Name_Saved_IsShownAndNotTooLong()
    {
        await _client.PostFormAsync("account/profile", new() { ["Name"] = "  Ada <b>L</b>  " }, form: "name");
        Assert.Equal("Ada <b>L</b>", (await QueryAsync(db => db.Users.SingleAsync(u => u.Id == _ada))).DisplayName);

        using var long81 = await _client.PostFormAsync("account/profile", new() { ["Name"] = new string('x', 81) }, form: "name");
        Assert.Contains("at most 80 characters", await ReadAsync(long81), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_IsOnesOwnByDayAndModel()
    {
        var today = TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(1);
        await QueryAsync(async db =>
        {
            db.Usage.AddRange(
                New(_ada, "p/a", today, 10, 0.25m), New(_ada, "p/a", today.AddMinutes(5), 20, 0.5m), New(_ada, "p/b", today, 7, null),
                New(_ada, "p/a", today.AddDays(-1), 3, 1m), New(_ada, "p/a", today.AddDays(-40), 99, 1m), New(Guid.NewGuid(), "p/a", today, 1000, 9m));
            return await db.SaveChangesAsync();
        });

        var data = (await _client.GetFromJsonAsync<JsonElement>("/api/usage?days=30")).GetProperty("data").EnumerateArray().ToArray();

        Assert.Equal(["p/a 2 30 0.75", "p/b 1 7 -", "p/a 1 3 1"], data.Select(l =>
            $"{l.Text("model")} {l.GetProperty("answers")} {l.GetProperty("input_tokens")} {(l.TryGetProperty("cost", out var cost) ? cost.GetDecimal().ToString("0.##", System.Globalization.CultureInfo.InvariantCulture) : "-")}"));
        string page = await _client.GetStringAsync("account/usage");
        Assert.Contains("$1.75", page, StringComparison.Ordinal);
        Assert.DoesNotContain("1,000", page, StringComparison.Ordinal);
        Assert.DoesNotContain("estimated", page, StringComparison.Ordinal);

        static UsageEntry New(Guid owner, string model, DateTime at, long tokens, decimal? cost) =>
            new() { RunId = Guid.NewGuid(), OwnerId = owner, Agent = "a", Model = model, InputTokens = tokens, Cost = cost, CreatedAt = at };
    }

    [Fact]
    public async Task Usage_ThatNoProviderReported_IsCalledEstimated()
    {
        var at = TimeProvider.System.GetUtcNow().UtcDateTime;
        await QueryAsync(async db =>
        {
            for (int i = 0; i < 3; i++)
                db.Usage.Add(new UsageEntry { RunId = Guid.NewGuid(), OwnerId = _ada, Agent = "a", Model = "p/a", InputTokens = 5, Estimated = i < 2, CreatedAt = at });
            return await db.SaveChangesAsync();
        });

        var line = Assert.Single((await _client.GetFromJsonAsync<JsonElement>("/api/usage")).GetProperty("data").EnumerateArray().ToArray());
        string page = await _client.GetStringAsync("account/usage");

        Assert.Equal((3, 2), (line.GetProperty("answers").GetInt32(), line.GetProperty("estimated").GetInt32()));
        Assert.Contains("because the provider did not report them: 2.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DefaultAgent_ThatIsGone_IsForgotten()
    {
        var profiles = _app.Services.GetRequiredService<ProfileService>();
        await QueryAsync(async db =>
        {
            db.Preferences.Add(new AccountPreferences { AccountId = _ada, DefaultAgent = "gone" });
            return await db.SaveChangesAsync();
        });

        Assert.Equal("gone", (await profiles.PreferencesAsync(_ada, default)).DefaultAgent);
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/account/profile")).StatusCode);
    }

    private async Task<HttpResponseMessage> PostPictureAsync(byte[] content)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in await _client.ReadFormAsync("account/profile", "picture"))
            form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } }, "Picture", "../me.png");
        return await _client.PostAsync("account/profile", form);
    }

    private static async Task<string> ReadAsync(HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

    private async Task<T> QueryAsync<T>(Func<ChatDbContext, Task<T>> query)
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        return await query(db);
    }
}
