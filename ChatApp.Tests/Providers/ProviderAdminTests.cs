using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Providers;

public sealed class ProviderAdminTests
{
    private static readonly NewProvider Valid = new("acme", ProviderKind.OpenAI);

    public static TheoryData<NewProvider, string> Invalid => new()
    {
        { Valid with { Slug = "" }, "slug" },
        { Valid with { Slug = "Acme" }, "slug" },
        { Valid with { Slug = "-acme" }, "slug" },
        { Valid with { Slug = "acme\n" }, "slug" },
        { Valid with { Slug = new string('a', 64) }, "slug" },
        { Valid with { Kind = (ProviderKind)9 }, "kind" },
        { Valid with { Kind = ProviderKind.Demo, ApiKey = "x" }, "kind" },
        { Valid with { BaseUrl = "" }, "base_url" },
        { Valid with { BaseUrl = "/v1" }, "base_url" },
        { Valid with { BaseUrl = "ftp://host/v1" }, "base_url" },
        { Valid with { BaseUrl = "http://me:secret@host/v1" }, "base_url" },
        { Valid with { BaseUrl = "http://host/v1#x" }, "base_url" },
        { Valid with { ApiKey = "a", ApiKeyVariable = "B" }, "api_key" },
        { Valid with { ApiKey = "" }, "api_key" },
        { Valid with { ApiKey = "a\r\nX-Other: b" }, "api_key" },
        { Valid with { ApiKeyVariable = "1-A" }, "api_key_env" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task Add_NotValid_NamesTheFieldAndStoresNothing(NewProvider provider, string field)
    {
        await using var host = await CatalogHost.StartAsync();

        var problem = await Assert.ThrowsAsync<RequestProblem>(() => host.Providers.AddAsync(provider, default));

        Assert.Equal((400, field), (problem.Status, problem.Field));
        Assert.Empty(await host.Providers.ListAsync(default));
    }

    [Fact]
    public async Task Add_SameSlugManyTimesAtOnce_OneIsStoredTheOthersConflict()
    {
        await using var host = await CatalogHost.StartAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Record.ExceptionAsync(() => host.Providers.AddAsync(Valid, default))));

        Assert.Single(results, e => e is null);
        Assert.All(results.OfType<Exception>(), e => Assert.Equal((409, "conflict"), (((RequestProblem)e).Status, ((RequestProblem)e).Code)));
    }

    [Fact]
    public async Task Add_ApiKey_IsUnreadableInTheDatabaseAndTheList()
    {
        await using var host = await CatalogHost.StartAsync();

        await host.Providers.AddAsync(Valid with { ApiKey = "sk-canary-1" }, default);

        await host.ElsewhereAsync(async db =>
            Assert.DoesNotContain("canary", (await db.Providers.SingleAsync()).ProtectedApiKey, StringComparison.Ordinal));
        var view = Assert.Single(await host.Providers.ListAsync(default));
        Assert.True(view.HasApiKey);
        Assert.DoesNotContain("canary", view.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", (Valid with { ApiKey = "sk-canary-1" }).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme", "m", 409, "name")]
    [InlineData("acme", "", 400, "name")]
    [InlineData("acme", "a b", 400, "name")]
    [InlineData("nobody", "m", 404, "provider")]
    public async Task AddModel_NotPossible_SaysWhyAndKeepsTheDefault(string provider, string name, int status, string field)
    {
        await using var host = await CatalogHost.StartAsync();
        await host.AddProviderAsync("acme");
        await host.Providers.AddModelAsync(new NewModel("acme", "m", IsDefault: true), default);

        var problem = await Assert.ThrowsAsync<RequestProblem>(() => host.Providers.AddModelAsync(new NewModel(provider, name, IsDefault: true), default));

        Assert.Equal((status, field), (problem.Status, problem.Field));
        Assert.Equal("acme/m", (await host.Models.FindAsync(null, default))?.Address);
    }
}
