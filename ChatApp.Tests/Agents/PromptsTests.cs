using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Agents;

/// <summary>Saved prompts over their API.</summary>
public sealed class PromptsTests : IAsyncLifetime
{
    private RunHarness _runs = null!;

    public async Task InitializeAsync() => _runs = await RunHarness.StartAsync();

    public async Task DisposeAsync() => await _runs.DisposeAsync();

    [Fact]
    public async Task Add_ThenChange_ThenDelete_IsSeenByItsOwnerOnly()
    {
        var added = await ReadAsync(201, await _runs.Client.PostAsJsonAsync("/api/prompts", new { command = "/greet", text = "Hello {{name|you}}" }));
        Assert.Equal(("greet", "greet", "Hello {{name|you}}"), (added.Text("command"), added.Text("name"), added.Text("text")));
        Assert.True(added.GetProperty("may_edit").GetBoolean());

        var changed = await ReadAsync(200, await _runs.Client.PatchAsJsonAsync($"/api/prompts/{added.Text("id")}", new { name = "Greeting" }));
        Assert.Equal(("greet", "Greeting", "Hello {{name|you}}"), (changed.Text("command"), changed.Text("name"), changed.Text("text")));
        Assert.Equal(["greet"], await CommandsAsync(_runs.Client));
        using var stranger = (await _runs.App.CreateCallerAsync()).Client;
        Assert.Empty(await CommandsAsync(stranger));

        Assert.Equal(204, (int)(await _runs.Client.DeleteAsync($"/api/prompts/{added.Text("id")}")).StatusCode);
        Assert.Empty(await CommandsAsync(_runs.Client));
    }

    [Fact]
    public async Task Shared_ByAnAdmin_IsThereForEverybodyAndOnlyAdminsChangeIt()
    {
        var prompts = _runs.App.Services.GetRequiredService<Prompts>();
        var admin = new CurrentUser(await _runs.App.CreateUserAsync("root@example.com", admin: true), true, Permissions.ScopesOf(true).ToHashSet());
        var shared = await prompts.AddAsync(admin, new PromptText("house", "House style", "Write like us."), shared: true, default);

        var seen = Assert.Single((await ListAsync(_runs.Client)).EnumerateArray());
        Assert.True(seen.GetProperty("is_shared").GetBoolean());
        Assert.False(seen.GetProperty("may_edit").GetBoolean());
        Assert.Equal(404, (int)(await _runs.Client.PatchAsJsonAsync($"/api/prompts/{shared.Id}", new { name = "Mine" })).StatusCode);
        Assert.Equal(404, (int)(await _runs.Client.DeleteAsync($"/api/prompts/{shared.Id}")).StatusCode);
        // An admin's key that lacks the scope is no admin's.
        Assert.False(await prompts.DeleteAsync(admin with { Scopes = new HashSet<string> { Scopes.Chat } }, shared.Id, default));
        Assert.True(await prompts.DeleteAsync(admin, shared.Id, default));
    }

    [Theory]
    [InlineData("""{"command":"Not a slug","text":"x"}""", 400, "command")]
    [InlineData("""{"text":"x"}""", 400, "command")]
    [InlineData("""{"command":"a","text":"  "}""", 400, "text")]
    [InlineData("""{"command":"a"}""", 400, "text")]
    [InlineData("""{"command":"taken","text":"x"}""", 409, "command")]
    [InlineData("""{"command":"a","text":"x","is_shared":true}""", 403, "is_shared")]
    public async Task Add_ThatDoesNotFit_NamesTheField(string body, int status, string field)
    {
        await ReadAsync(201, await _runs.Client.PostAsJsonAsync("/api/prompts", new { command = "taken", text = "x" }));
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var problem = await ReadAsync(status, await _runs.Client.PostAsync("/api/prompts", content));
        Assert.Equal(field, problem.Text("field"));
    }

    [Fact]
    public async Task Add_TooLong_NamesTheField()
    {
        foreach (var (body, field) in new (object, string)[]
        {
            (new { command = "a", text = new string('x', Prompts.MaxText + 1) }, "text"), (new { command = "a", text = "x", name = new string('x', Prompts.MaxName + 1) }, "name"),
        })
            Assert.Equal(field, (await ReadAsync(400, await _runs.Client.PostAsJsonAsync("/api/prompts", body))).Text("field"));
    }

    [Fact]
    public async Task Change_ToACommandOfAnother_IsAConflict()
    {
        await ReadAsync(201, await _runs.Client.PostAsJsonAsync("/api/prompts", new { command = "one", text = "x" }));
        var two = await ReadAsync(201, await _runs.Client.PostAsJsonAsync("/api/prompts", new { command = "two", text = "x" }));
        var problem = await ReadAsync(409, await _runs.Client.PatchAsJsonAsync($"/api/prompts/{two.Text("id")}", new { command = "one" }));
        Assert.Equal("command", problem.Text("field"));
        Assert.Equal(["one", "two"], await CommandsAsync(_runs.Client));
    }

    private static async Task<JsonElement> ListAsync(HttpClient client) => (await client.GetFromJsonAsync<JsonElement>("/api/prompts")).GetProperty("data");

    private static async Task<string[]> CommandsAsync(HttpClient client) => [.. (await ListAsync(client)).EnumerateArray().Select(p => p.Text("command"))];

    private static async Task<JsonElement> ReadAsync(int status, HttpResponseMessage answer)
    {
        using (answer)
        {
            string body = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {body}");
            return JsonDocument.Parse(body).RootElement.Clone();
        }
    }
}
