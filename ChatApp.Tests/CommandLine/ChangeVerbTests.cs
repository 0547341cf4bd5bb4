using System.Net;
using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Providers;
using ChatApp.Tests.Identity;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.CommandLine;

/// <summary>The verbs that change what is there.</summary>
public sealed class ChangeVerbTests : IAsyncLifetime
{
    private const string Email = "ann@example.com";

    private readonly ManualTime _time = new();
    private TestApp _app = null!;
    private Guid _ann;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(b => b.Services.AddSingleton<TimeProvider>(_time), ApiKeyTests.MapProbes);
        await _app.CreateUserAsync("root@example.com", admin: true);
        _ann = await _app.CreateUserAsync(Email);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Users_DisableThenEnable_ClosesAndOpensTheAccount()
    {
        using var client = _app.CreateClient(await _app.CreateKeyAsync(_ann));
        Assert.Contains("is disabled", await RunAsync($"users disable --email {Email}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "read"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _app.SignInAsync(Email));

        await RunAsync($"users enable --email {Email.ToUpperInvariant()}");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "read"));
        (await _app.SignInAsync(Email)).Dispose();
    }

    [Fact]
    public async Task Users_SetRole_GivesAndTakesTheRightsOfAnAdmin()
    {
        await RunAsync($"users set-role --email {Email} --role admin");
        using var client = _app.CreateClient(await _app.CreateKeyAsync(_ann, "read admin"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "admin"));

        await RunAsync($"users set-role --email {Email} --role user");
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, "admin"));
        Assert.Equal("last_admin", (await FailAsync("users set-role --email root@example.com --role user")).Code);
        Assert.Equal("last_admin", (await FailAsync("users disable --email root@example.com")).Code);
    }

    [Fact]
    public async Task Users_SetPassword_LetsInWithTheNewOneAlsoWhereLocked()
    {
        using var session = await _app.SignInAsync(Email);
        using (var stranger = _app.CreateClient())
        {
            for (int i = 0; i < 10; i++)
                await stranger.PostFormAsync("account/login", new() { ["Email"] = Email, ["Password"] = "wrong" });
        }

        string output = await RunAsync($"users set-password --email {Email} --password \"a new long one\"");

        Assert.DoesNotContain("a new long one", output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(session, "read"));
        using var client = _app.CreateClient();
        var answer = await client.PostFormAsync("account/login", new() { ["Email"] = Email, ["Password"] = "a new long one" });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _app.SignInAsync(Email));
    }

    [Theory]
    [InlineData("users set-password --email ann@example.com --password short", 400, "password")]
    [InlineData("users set-password --email ann@example.com --password-env CHATAPP_TEST_UNSET", 400, "password-env")]
    [InlineData("users disable --email nobody@example.com", 404, "email")]
    [InlineData("agents set --slug nobody --prompt x", 404, "agent")]
    [InlineData("agents set --slug demo --model no/such", 400, "model")]
    [InlineData("agents set --slug demo --temperature 3", 400, "temperature")]
    [InlineData("agents set --slug demo --handle A!", 400, "handle")]
    [InlineData("agents set --slug demo --avatar javascript:alert(1)", 400, "avatar_url")]
    [InlineData("agents disable --slug nobody", 404, "agent")]
    [InlineData("providers disable --slug nobody", 404, "slug")]
    [InlineData("providers set-key --slug nobody --api-key k", 404, "slug")]
    [InlineData("providers set-key --slug demo --api-key k", 400, "slug")]
    [InlineData("providers set-key --slug acme --api-key k --api-key-env K", 400, "api_key")]
    public async Task Change_ThatCannotBe_NamesTheFieldAndChangesNothing(string line, int status, string field)
    {
        await RunAsync("providers add --slug acme --kind openai --api-key k");
        string before = await StateAsync();

        var problem = await FailAsync(line);

        Assert.Equal((status, field), (problem.Status, problem.Field));
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Agents_Set_MakesARevisionOfWhatIsGivenAndKeepsTheRest()
    {
        await RunAsync("agents add --slug helper --model demo/docs --fallback demo/docs --prompt \"Be brief.\" --temperature 0.5");

        Assert.Contains("revision 2", await RunAsync("agents set --slug helper --prompt \"Be kind.\" --fallback \"\" --name Helper --default"), StringComparison.Ordinal);
        // Nothing new: no new revision.
        Assert.Contains("revision 2", await RunAsync("agents set --slug helper --prompt \"Be kind.\""), StringComparison.Ordinal);

        var agent = await _app.Services.GetRequiredService<AgentCatalog>().FindAsync(null, default);
        Assert.Equal(("helper", "Helper", "Be kind.", "demo/docs", 0.5), (agent!.Slug, agent.Name, agent.Prompt, agent.Model, agent.Temperature));
        Assert.Null(agent.FallbackModel);
    }

    [Fact]
    public async Task Agents_Set_MakesAnAgentSomebodyAndTakesThatAway()
    {
        var agents = _app.Services.GetRequiredService<AgentCatalog>();
        await RunAsync("agents add --slug helper --handle ann");
        await RunAsync("agents set --slug helper --handle bea --description \"Bea, of sales\" --avatar https://example.com/bea.png");
        var agent = await agents.FindByHandleAsync("bea", default);
        Assert.Equal(("helper", "Bea, of sales", "https://example.com/bea.png"), (agent!.Slug, agent.Description, agent.AvatarUrl));
        await RunAsync("agents set --slug helper --name Helper");
        Assert.Equal("Bea, of sales", (await agents.FindByHandleAsync("bea", default))!.Description);

        await RunAsync("agents set --slug helper --handle \"\" --description \"\" --avatar \"\"");
        agent = await agents.FindAsync("helper", default);
        Assert.Equal((null, null, null), (agent!.Handle, agent.Description, agent.AvatarUrl));
    }

    [Fact]
    public async Task Agents_DisableThenEnable_HidesAndShows()
    {
        var agents = _app.Services.GetRequiredService<AgentCatalog>();
        await RunAsync("agents disable --slug demo");
        Assert.Null(await agents.FindAsync("demo", default));
        await RunAsync("agents enable --slug demo");
        Assert.NotNull(await agents.FindAsync("demo", default));
    }

    [Fact]
    public async Task Providers_DisableThenEnable_TakesItsModelsAwayAndGivesThemBack()
    {
        var models = _app.Services.GetRequiredService<ModelCatalog>();
        await RunAsync("providers disable --slug demo");
        Assert.Null(await models.FindAsync("demo/docs", default));
        Assert.Contains("(disabled)", await RunAsync("providers list"), StringComparison.Ordinal);
        await RunAsync("providers enable --slug demo");
        Assert.NotNull(await models.FindAsync("demo/docs", default));
    }

    [Fact]
    public async Task Providers_SetKey_RepairsThatProvider()
    {
        var models = _app.Services.GetRequiredService<ModelCatalog>();
        await RunAsync("providers add --slug acme --kind anthropic --api-key-env CHATAPP_TEST_UNSET --any-model");
        Assert.Equal("missing_api_key", (await Assert.ThrowsAsync<RequestProblem>(() => models.FindAsync("acme/m", default).AsTask())).Code);

        string output = await RunAsync("providers set-key --slug acme --api-key sk-canary-1");

        Assert.DoesNotContain("canary", output, StringComparison.Ordinal);
        Assert.NotNull(await models.FindAsync("acme/m", default));
    }

    private Task<string> RunAsync(string line) => VerbRunner.RunAsync(_app.Services, line);

    private Task<RequestProblem> FailAsync(string line) => Assert.ThrowsAsync<RequestProblem>(() => RunAsync(line));

    private async Task<HttpStatusCode> StatusAsync(HttpClient client, string scope)
    {
        _time.Advance(TimeSpan.FromSeconds(5));
        return (await client.GetAsync($"probe/{scope}")).StatusCode;
    }

    private async Task<string> StateAsync()
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        return string.Join('\n', [
            .. await db.Users.OrderBy(u => u.Id).Select(u => $"{u.PasswordHash} {u.SecurityStamp} {u.DisabledAt}").ToListAsync(),
            .. await db.Providers.OrderBy(p => p.Slug).Select(p => $"{p.Slug} {p.Enabled} {p.ProtectedApiKey} {p.ApiKeyVariable}").ToListAsync(),
            .. await db.AgentRevisions.OrderBy(r => r.Id).Select(r => $"{r.AgentId} {r.Number} {r.Agent!.Enabled}").ToListAsync(),
        ]);
    }
}
