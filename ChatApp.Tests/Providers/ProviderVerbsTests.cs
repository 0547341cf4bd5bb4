using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Providers;

public sealed class ProviderVerbsTests
{
    [Fact]
    public async Task Add_ProviderModelAndAgent_TakeOverAsDefaults()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.SeedAsync();

        string output =
            await RunAsync(host, "providers add --slug acme --kind openai --base-url http://127.0.0.1:9/v1/ --api-key sk-canary-1 --any-model")
            + await RunAsync(host, "models add --provider acme --name m --default")
            + await RunAsync(host, "agents add --slug helper --model acme/other --prompt \"Be brief.\" --default");

        Assert.DoesNotContain("canary", output, StringComparison.Ordinal);
        var provider = (await host.Providers.ListAsync(default)).Single(p => p.Slug == "acme");
        Assert.Equal((ProviderKind.OpenAI, "http://127.0.0.1:9/v1", true, true), (provider.Kind, provider.BaseUrl, provider.HasApiKey, provider.AnyModel));
        Assert.Equal("acme/m", (await host.Models.FindAsync(null, default))?.Address);
        var agent = await host.Agents.FindAsync(null, default);
        Assert.Equal(("helper", "Be brief.", "acme/other"), (agent!.Slug, agent.Prompt, agent.Model));
    }

    [Fact]
    public async Task Add_AgentThatIsSomebody_IsFoundByItsHandle()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.SeedAsync();

        await RunAsync(host, "agents add --slug ann --model demo/docs --handle ann-b --persona \"You are Ann.\" --description \"A cook\" "
            + "--avatar https://example.com/ann.png --large-model demo/docs");

        var agent = await host.Agents.FindByHandleAsync("Ann-B", default);
        Assert.Equal(("ann", "ann-b", "You are Ann.", "A cook"), (agent!.Slug, agent.Handle, agent.Persona, agent.Description));
        Assert.Equal(("https://example.com/ann.png", "demo/docs"), (agent.AvatarUrl, agent.LargeModel));
        var taken = await Assert.ThrowsAsync<RequestProblem>(() => RunAsync(host, "agents add --slug other --handle ann-b"));
        Assert.Equal((409, "handle"), (taken.Status, taken.Field));
        var picture = await Assert.ThrowsAsync<RequestProblem>(() => RunAsync(host, "agents add --slug other --avatar javascript:alert(1)"));
        Assert.Equal((400, "avatar_url"), (picture.Status, picture.Field));
    }

    [Fact]
    public async Task List_Providers_ShowsModelsAndWhatIsMissing()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.SeedAsync();
        await RunAsync(host, "providers add --slug openai --kind openai --api-key-env CHATAPP_TEST_UNSET_KEY");

        string output = await RunAsync(host, "providers list");

        Assert.Contains("demo/docs  (default)", output, StringComparison.Ordinal);
        Assert.Contains("CHATAPP_TEST_UNSET_KEY", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_NotValid_IsAProblemWithTheField()
    {
        await using var host = await CatalogHost.StartAsync();

        var problem = await Assert.ThrowsAsync<RequestProblem>(() => RunAsync(host, "providers add --slug Acme --kind openai"));

        Assert.Equal("slug", problem.Field);
    }

    private static Task<string> RunAsync(CatalogHost host, string arguments) => VerbRunner.RunAsync(host.Services, arguments);
}
