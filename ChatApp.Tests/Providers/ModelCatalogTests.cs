using ChatApp.Data;
using ChatApp.Providers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Providers;

public sealed class ModelCatalogTests
{
    [Fact]
    public async Task Find_CachedModel_IsTheSameObjectAtOnceWithoutAQuery()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.AddProviderAsync("acme");
        await host.Providers.AddModelAsync(new NewModel("acme", "a/b:c"), default);
        var first = await host.Models.FindAsync("acme/a/b:c", default);
        int queries = host.Database.Created;

        var again = host.Models.FindAsync("acme/a/b:c", default);

        Assert.True(again.IsCompletedSuccessfully);
        Assert.NotNull(first);
        Assert.Same(first, await again);
        Assert.Equal(("acme/a/b:c", "a/b:c"), (first.Address, first.ModelName));
        Assert.Equal(queries, host.Database.Created);
    }

    [Fact]
    public async Task Find_ManyUnknownNames_OneQueryPer250Milliseconds()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.AddProviderAsync("acme");
        int before = host.Database.Created;

        var found = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => host.Models.FindAsync($"acme/{i}", default).AsTask()));
        int atOnce = host.Database.Created - before;
        host.Time.Advance(TimeSpan.FromMilliseconds(251));
        await host.Models.FindAsync("acme/x", default);
        await host.Models.FindAsync("acme/y", default);

        Assert.All(found, Assert.Null);
        Assert.Equal(1, atOnce);
        Assert.Equal(2, host.Database.Created - before);
    }

    [Fact]
    public async Task Find_ModelAddedByThisProcess_IsThereAtOnce()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.AddProviderAsync("acme");
        Assert.Null(await host.Models.FindAsync("acme/m", default));

        await host.Providers.AddModelAsync(new NewModel("acme", "m"), default);

        Assert.NotNull(await host.Models.FindAsync("acme/m", default));
    }

    [Fact]
    public async Task Find_ProviderDisabledElsewhere_IsGoneAfterTwoSeconds()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.AddProviderAsync("acme", anyModel: true);
        Assert.NotNull(await host.Models.FindAsync("acme/m", default));
        await host.ElsewhereAsync(db => db.Providers.ExecuteUpdateAsync(p => p.SetProperty(x => x.Enabled, false)));

        host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(await host.Models.FindAsync("acme/m", default));
    }

    [Fact]
    public async Task Find_SettingsChangedElsewhere_NewClientOnlyThen()
    {
        await using var host = await CatalogHost.StartAsync();
        await host.AddProviderAsync("acme", anyModel: true);
        var first = await host.Models.FindAsync("acme/m", default);
        host.Time.Advance(TimeSpan.FromSeconds(3));
        var unchanged = await host.Models.FindAsync("acme/m", default);
        await host.ElsewhereAsync(db => db.Providers.ExecuteUpdateAsync(p => p.SetProperty(x => x.BaseUrl, "http://127.0.0.1:10/v1")));
        host.Time.Advance(TimeSpan.FromSeconds(3));
        var changed = await host.Models.FindAsync("acme/m", default);

        Assert.Same(first!.Client, unchanged!.Client);
        Assert.NotSame(first.Client, changed!.Client);
    }

    [Theory]
    [InlineData("acme/anything", true)]
    [InlineData("acme/with/slashes:free", true)]
    [InlineData("acme/", false)]
    [InlineData("acme/with space", false)]
    [InlineData("acme", false)]
    [InlineData("other/m", false)]
    [InlineData("", false)]
    public async Task Find_AnyModelProvider_TakesAnyValidName(string address, bool found)
    {
        await using var host = await CatalogHost.StartAsync();
        await host.AddProviderAsync("acme", anyModel: true);

        var target = await host.Models.FindAsync(address, default);

        Assert.Equal(found ? address : null, target?.Address);
    }

    [Fact]
    public async Task Find_DefaultModel_FollowsTheLastOneMadeDefault()
    {
        await using var host = await CatalogHost.StartAsync();
        Assert.Null(await host.Models.FindAsync(null, default));
        await host.SeedAsync();
        host.Models.Invalidate();
        Assert.Equal("demo/docs", (await host.Models.FindAsync(null, default))?.Address);
        await host.AddProviderAsync("acme");

        await host.Providers.AddModelAsync(new NewModel("acme", "m", IsDefault: true), default);

        Assert.Equal("acme/m", (await host.Models.FindAsync(null, default))?.Address);
        Assert.Single((await host.Providers.ListAsync(default)).SelectMany(p => p.Models), m => m.IsDefault);
    }

    [Theory]
    [InlineData("CHATAPP_TEST_UNSET_KEY", "http://127.0.0.1:9/v1", "CHATAPP_TEST_UNSET_KEY is not set")]
    [InlineData(null, "https://api.openai.com/v1", "has none")]
    [InlineData(null, null, "has none")]
    public async Task Find_KeyMissing_TellsOnlyTheAdminWhatIsMissing(string? variable, string? url, string hint)
    {
        await using var host = await CatalogHost.StartAsync();
        await host.AddProviderAsync("acme", anyModel: true, variable: variable, url: url);

        var problem = await Assert.ThrowsAsync<RequestProblem>(() => host.Models.FindAsync("acme/m", default).AsTask());

        Assert.Equal((503, "missing_api_key"), (problem.Status, problem.Code));
        Assert.DoesNotContain(hint, problem.Message, StringComparison.Ordinal);
        Assert.Contains("no usable API key", problem.Message, StringComparison.Ordinal);
        Assert.Contains(hint, Assert.Single(await host.Providers.ListAsync(default)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_KeyFromEnvironmentOrDatabase_IsSent()
    {
        await using var host = await CatalogHost.StartAsync();
        await using var provider = Infrastructure.ScriptedProvider.Start();
        provider.Script("m", s => s.Text("ok").Finish());
        Environment.SetEnvironmentVariable("CHATAPP_TEST_KEY", "key-from-environment");
        await host.AddProviderAsync("env", anyModel: true, variable: "CHATAPP_TEST_KEY", url: provider.OpenAIBaseUrl);
        await host.AddProviderAsync("stored", anyModel: true, key: "key-from-database", url: provider.OpenAIBaseUrl);

        foreach (string slug in (string[])["env", "stored"])
            await StreamedAnswer.ReadAsync((await host.Models.FindAsync($"{slug}/m", default))!.Client);

        Assert.Equal(["Bearer key-from-environment", "Bearer key-from-database"], provider.Requests.Select(r => r.Headers["Authorization"]));
    }
}
