using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Files;
using ChatApp.Identity.ApiKeys;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>One application in which somebody has a conversation and a run, and callers who may not touch them.</summary>
public sealed class DoorApp : IAsyncLifetime
{
    public RunHarness Runs { get; private set; } = null!;

    /// <summary>The owner's run, which has ended.</summary>
    internal JsonElement Run { get; private set; }

    /// <summary>A run of the owner's in another conversation.</summary>
    internal JsonElement RunElsewhere { get; private set; }

    /// <summary>Somebody else's run.</summary>
    internal JsonElement StrangersRun { get; private set; }

    /// <summary>A file of the owner's.</summary>
    public Guid FileId { get; private set; }

    /// <summary>A prompt of the owner's.</summary>
    public Guid PromptId { get; private set; }

    /// <summary>A folder of the owner's.</summary>
    public Guid FolderId { get; private set; }

    /// <summary>A link to the owner's conversation.</summary>
    public Guid ShareId { get; private set; }

    internal SkippingTime Time { get; } = new();

    /// <summary>Sends no credentials.</summary>
    public HttpClient Anonymous { get; private set; } = null!;

    /// <summary>The owner, with a key that may only read.</summary>
    public HttpClient Reader { get; private set; } = null!;

    /// <summary>Somebody else, with a key that may do everything.</summary>
    public HttpClient Stranger { get; private set; } = null!;

    public string ExpiredKey { get; private set; } = "";
    public string RevokedKey { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Runs = await RunHarness.StartAsync(b => b.Services.AddSingleton<TimeProvider>(Time));
        Runs.Provider.Script("m", s => s.Text("Hello").Finish());
        // Pages are there for people only once there is an admin.
        await Runs.App.CreateUserAsync("root@example.com", admin: true);
        Run = await Runs.RunAsync(new { input = "Hi", model = "p/m" });
        FileId = (await Runs.App.Services.GetRequiredService<FileStore>().AddAsync(Runs.User, "a.png", TestImages.Png, default)).Id;
        PromptId = (await Runs.App.Services.GetRequiredService<Prompts>().AddAsync(Runs.User, new PromptText("mine", "Mine", "Text"), false, default)).Id;
        FolderId = (await Runs.App.Services.GetRequiredService<Folders>().CreateAsync(Runs.User, "Work", default)).Id;
        ShareId = (await Runs.App.Services.GetRequiredService<Sharing>().CreateAsync(Runs.User, Guid.Parse(Run.Text("conversation_id")), null, default))!.Id;
        RunElsewhere = await Runs.RunAsync(new { input = "Hi", model = "p/m" });
        Anonymous = Runs.App.CreateClient();
        Reader = Runs.App.CreateClient(await Runs.App.CreateKeyAsync(Runs.User.Id, "read"));
        Stranger = (await Runs.App.CreateCallerAsync()).Client;
        using var strangers = await Stranger.PostAsJsonAsync("/api/runs", new { input = "Hi", model = "p/m" });
        StrangersRun = await strangers.Content.ReadFromJsonAsync<JsonElement>();
        ExpiredKey = await Runs.App.CreateKeyAsync(Runs.User.Id, expiresAt: Time.GetUtcNow().UtcDateTime + TimeSpan.FromMinutes(1));
        var keys = Runs.App.Services.GetRequiredService<ApiKeyService>();
        var revoked = await keys.CreateAsync(Runs.User.Id, "revoked", null, null, default);
        await keys.RevokeAsync(Runs.User.Id, revoked.Id, default);
        RevokedKey = revoked.Secret;
        Time.Skip(TimeSpan.FromMinutes(2));
    }

    public async Task DisposeAsync()
    {
        Anonymous.Dispose();
        Reader.Dispose();
        Stranger.Dispose();
        await Runs.DisposeAsync();
    }

    /// <summary>A good request to the route for the owner's run or conversation, unless told otherwise.</summary>
    internal HttpRequestMessage NewRequest(DoorTests.Route route, Guid? id = null, string? method = null) => new(
        new HttpMethod(method ?? route.Method),
        route.Pattern.Replace("{id:guid}", id?.ToString() ?? IdOf(route.Of), StringComparison.Ordinal)
            .Replace("{share:guid}", ShareId.ToString(), StringComparison.Ordinal))
    {
        Content = Json(route.Body),
    };

    private string IdOf(string? what) => what switch
    {
        "file" => FileId.ToString(),
        "run" => Run.Text("id"),
        "message" => Run.Text("message_id"),
        "prompt" => PromptId.ToString(),
        "folder" => FolderId.ToString(),
        _ => Run.Text("conversation_id"),
    };

    internal static StringContent? Json(string? body) => body == null ? null : new StringContent(body, Encoding.UTF8, "application/json");

    /// <summary>Everybody's conversations, messages and runs, to be compared.</summary>
    public Task<string> StateAsync() => Runs.QueryAsync(async db => string.Join('\n',
        (await db.Conversations.OrderBy(c => c.Id).ToListAsync()).Select(c => $"{c.Id} {c.OwnerId} {c.Title} {c.ActiveLeafId} {c.UpdatedAt:O}")
            .Concat((await db.Messages.OrderBy(m => m.Id).ToListAsync()).Select(m => $"{m.Id} {m.Role} {m.Status} {m.Content}"))
            .Concat((await db.Runs.OrderBy(r => r.Id).ToListAsync()).Select(r => $"{r.Id} {r.Status} {r.FinishedAt:O}"))
            .Concat((await db.Files.OrderBy(f => f.Id).Select(f => f.Id).ToListAsync()).Select(id => $"{id}"))
            .Concat((await db.Prompts.OrderBy(p => p.Id).ToListAsync()).Select(p => $"{p.Id} {p.OwnerId} {p.Command} {p.Name} {p.Text}"))
            .Concat((await db.Folders.OrderBy(f => f.Id).ToListAsync()).Select(f => $"{f.Id} {f.Name}"))
            .Concat((await db.Shares.OrderBy(s => s.Id).ToListAsync()).Select(s => $"{s.Id} {s.LeafId}"))
            .Append($"{await db.IdempotencyKeys.CountAsync()} {await db.Usage.CountAsync()} {await db.MessageFeedback.CountAsync()} {await db.RunEvents.CountAsync()}")));
}
