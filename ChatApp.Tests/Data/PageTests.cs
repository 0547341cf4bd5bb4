using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Data;

/// <summary>Whoever walks through the pages of a list meets everything once, also what has the same time, as imports have it in bulk.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private static readonly DateTime _early = new DateTime(2026, 11, 21, 10, 0, 0, DateTimeKind.Utc).AddTicks(1_234_567), _late = _early.AddTicks(1);

    // The early ones end in the middle of a page of two or three.
    private static readonly DateTime[] _times = [_early, _early, _early, _early, _late, _late, _late];

    private TestApp _app = null!;
    private CurrentUser _user = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync();
        (_user, _client) = await _app.CreateCallerAsync();
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        db.AddRange(_times.Select(at => new Conversation { Id = Guid.NewGuid(), OwnerId = _user.Id, Title = "x", CreatedAt = at, UpdatedAt = at }));
        db.AddRange(_times.Select(at => new StoredFile { Id = Guid.NewGuid(), OwnerId = _user.Id, Name = "x", MediaType = "text/plain", Content = [1], Size = 1, CreatedAt = at }));
        db.AddRange(_times.Take(3).Select(at => new PointsEntry { Id = Guid.NewGuid(), OwnerId = _user.Id, Points = 1, CreatedAt = at }));
        db.AddRange(_times.Skip(3).Select(at => new UsageEntry { RunId = Guid.NewGuid(), OwnerId = _user.Id, Agent = "a", Model = "m", Points = 1, CreatedAt = at }));
        await db.SaveChangesAsync();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/api/conversations", "updated_at")]
    [InlineData("/api/files", "created_at")]
    [InlineData("/api/points", "created_at")]
    public async Task Pages_OfItemsOfTheSameTime_GiveEachOnceAndTheNewestFirst(string list, string time)
    {
        foreach (int limit in new[] { 1, 2, 3, 7 })
        {
            var items = await WalkAsync(list, limit);
            Assert.Equal(7, items.Select(i => i.Text("id")).Distinct().Count());
            Assert.Equal(_times.OrderDescending(), items.Select(i => i.GetProperty(time).GetDateTime()));
        }
    }

    [Theory]
    [InlineData("/api/conversations")]
    [InlineData("/api/files")]
    [InlineData("/api/points")]
    public async Task Page_BeforeAPlainTime_HasWhatIsOlder(string list)
    {
        string time = Uri.EscapeDataString(_late.ToString("O", CultureInfo.InvariantCulture));
        var page = await _client.GetFromJsonAsync<JsonElement>($"{list}?before={time}");
        Assert.Equal(4, page.GetProperty("data").GetArrayLength());
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("")]
    [InlineData("_")]
    [InlineData("2026-11-21T10:00:00Z_")]
    [InlineData("2026-11-21T10:00:00Z_7")]
    [InlineData("_019a0000-0000-7000-8000-000000000000")]
    public async Task Page_BehindNothing_NamesTheField(string before)
    {
        foreach (string list in new[] { "/api/conversations", "/api/files", "/api/points" })
        {
            using var answer = await _client.GetAsync($"{list}?before={before}");
            Assert.Equal((HttpStatusCode.BadRequest, "before"), (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).Text("field")));
        }
    }

    private async Task<IReadOnlyList<JsonElement>> WalkAsync(string list, int limit)
    {
        var items = new List<JsonElement>();
        string next = "";
        for (int page = 0; page <= _times.Length; page++)
        {
            var read = await _client.GetFromJsonAsync<JsonElement>($"{list}?limit={limit}{next}");
            items.AddRange(read.GetProperty("data").EnumerateArray());
            if (!read.TryGetProperty("next_before", out var before))
                return items;
            next = $"&before={before.GetString()}";
        }
        throw new InvalidOperationException("The pages have no end.");
    }
}
