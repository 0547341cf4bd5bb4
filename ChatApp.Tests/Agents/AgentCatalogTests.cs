using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Identity;
using ChatApp.Tests.Providers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Agents;

public sealed class AgentCatalogTests
{
    private static readonly CurrentUser Anyone = new(Guid.NewGuid(), false, new HashSet<string>());

    [Fact]
    public async Task Find_SeededInstallation_TheDemoIsTheDefault()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.SeedAsync();
        await host.SeedAsync();

        var agent = await host.Agents.FindAsync(null, default);

        Assert.Equal(("demo", 1, "", "demo/docs"), (agent!.Slug, agent.Revision, agent.Prompt, agent.Model));
        Assert.Single(await host.Agents.ListAsync(Anyone, default));
    }

    [Fact]
    public async Task Seed_SomeProviderIsThere_AddsNothing()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.AddProviderAsync("acme");

        await host.SeedAsync();

        Assert.Equal(["acme"], (await host.Providers.ListAsync(default)).Select(p => p.Slug));
        Assert.Empty(await host.Agents.ListAsync(Anyone, default));
    }

    [Fact]
    public async Task Seed_ManyAtOnce_LeaveOne()
    {
        await using var host = await CatalogHost.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(host.SeedAsync)));

        Assert.Single(await host.Providers.ListAsync(default));
    }

    [Fact]
    public async Task Add_NewDefault_TakesOverAndListComesSorted()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.SeedAsync();
        await host.AddProviderAsync("acme", anyModel: true);

        await host.AgentAdmin.AddAsync(new NewAgent("zeta", new AgentSettings("Be brief.", "acme/any") { Temperature = 0.5 }, IsDefault: true), null, default);
        await host.AgentAdmin.AddAsync(new NewAgent("alpha", new AgentSettings()), null, default);

        Assert.Equal(["zeta", "alpha", "demo"], (await host.Agents.ListAsync(Anyone, default)).Select(a => a.Slug));
        var agent = await host.Agents.FindAsync(null, default);
        Assert.Equal(("zeta", "Be brief.", "acme/any", 0.5), (agent!.Slug, agent.Prompt, agent.Model, agent.Temperature));
    }

    [Fact]
    public async Task Find_CachedAgent_IsGivenAtOnceWithoutAQuery()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.SeedAsync();
        var first = await host.Agents.FindAsync("demo", default);
        int queries = host.Database.Created;

        var again = host.Agents.FindAsync("demo", default);

        Assert.True(again.IsCompletedSuccessfully);
        Assert.Same(first, await again);
        Assert.Equal(queries, host.Database.Created);
    }

    [Fact]
    public async Task Find_DisabledElsewhere_IsGoneAfterTwoSeconds()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.SeedAsync();
        Assert.NotNull(await host.Agents.FindAsync("demo", default));
        await host.ElsewhereAsync(db => db.Agents.ExecuteUpdateAsync(a => a.SetProperty(x => x.Enabled, false)));

        Assert.NotNull(await host.Agents.FindAsync("demo", default));
        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await host.Agents.FindAsync("demo", default));
    }

    [Fact]
    public async Task Update_ExistingAgent_AddsARevisionAndKeepsTheOldOne()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.AgentAdmin.AddAsync(new NewAgent("a", new AgentSettings("one")), null, default);

        int number = await host.AgentAdmin.ChangeAsync("a", new AgentChange { Settings = s => s with { Prompt = "two" } }, null, default);

        Assert.Equal(2, number);
        var agent = await host.Agents.FindAsync("a", default);
        Assert.Equal((2, "two"), (agent!.Revision, agent.Prompt));
        await host.ElsewhereAsync(async db => Assert.Equal(["one", "two"], await db.AgentRevisions.OrderBy(r => r.Number).Select(r => r.Prompt).ToListAsync()));
    }

    public static TheoryData<NewAgent, int, string> Impossible => new()
    {
        { new NewAgent("A", new AgentSettings()), 400, "slug" },
        { new NewAgent("demo", new AgentSettings()), 409, "slug" },
        { new NewAgent("a", new AgentSettings("", "demo/none")), 400, "model" },
        { new NewAgent("a", new AgentSettings("", "docs")), 400, "model" },
        { new NewAgent("a", new AgentSettings { FallbackModel = "no/model" }), 400, "fallback_model" },
        { new NewAgent("a", new AgentSettings { Temperature = 2.1 }), 400, "temperature" },
        { new NewAgent("a", new AgentSettings { TopP = 0 }), 400, "top_p" },
        { new NewAgent("a", new AgentSettings { MaxOutputTokens = 0 }), 400, "max_output_tokens" },
        { new NewAgent("a", new AgentSettings(new string('x', 100_001))), 400, "prompt" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task Add_NotPossible_NamesTheFieldAndKeepsTheDefault(NewAgent agent, int status, string field)
    {
        await using var host = await CatalogHost.StartAsync();
        await host.SeedAsync();

        var problem = await Assert.ThrowsAsync<RequestProblem>(() => host.AgentAdmin.AddAsync(agent with { IsDefault = true }, null, default));

        Assert.Equal((status, field), (problem.Status, problem.Field));
        Assert.Equal("demo", (await host.Agents.FindAsync(null, default))?.Slug);
    }
}
