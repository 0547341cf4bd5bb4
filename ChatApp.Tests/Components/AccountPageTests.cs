using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Providers;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>The static pages of the settings, and a shared page, as the server draws them: empty, filled, and after a mistake.</summary>
public sealed class AccountPageTests : IAsyncLifetime
{
    private readonly ScriptedProvider _provider = ScriptedProvider.Start();
    private TestApp _app = null!;
    private CurrentUser _person = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync();
        await _app.CreateUserAsync("root@example.com", admin: true);
        string email = "ada@example.com";
        _person = new CurrentUser(await _app.CreateUserAsync(email), IsAdmin: false, Permissions.ScopesOf(false).ToHashSet());
        _client = await _app.SignInAsync(email);
        await Get<ProviderAdmin>().AddAsync(new NewProvider("p", ProviderKind.OpenAI) { BaseUrl = _provider.OpenAIBaseUrl, ApiKey = "key", AnyModel = true }, default);
        await Get<AgentAdmin>().AddAsync(new NewAgent("helper", new AgentSettings(Model: "p/m"), "Helper", IsDefault: true), null, default);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Usage_EmptyThenFilled()
    {
        var page = await OpenAsync("usage");
        Assert.NotNull(page.QuerySelector(".nothing"));
        Assert.Equal("30 days", page.QuerySelector(".segments [aria-current=page]")!.TextContent);
        await AskAsync();
        page = await OpenAsync("usage?days=7");
        Assert.Equal("7 days", page.QuerySelector(".segments [aria-current=page]")!.TextContent);
        Assert.Equal(["1", "10", "5", "–"], page.QuerySelectorAll(".figures dd").Select(d => d.TextContent));
        Assert.Equal(["By model", "By day"], page.QuerySelectorAll("section h2").Select(h => h.TextContent));
        Assert.Contains(page.QuerySelectorAll("tbody th"), h => h.TextContent == "p/m");
        Assert.Equal("30 days", (await OpenAsync("usage?days=5000")).QuerySelector(".segments [aria-current=page]")!.TextContent);
    }

    [Fact]
    public async Task Shares_EmptyThenFilled_InTheReadersTime()
    {
        Assert.Equal("You share nothing.", (await OpenAsync("shares")).QuerySelector(".no-keys")!.TextContent);
        var run = await AskAsync();
        var share = (await Get<Sharing>().CreateAsync(_person, run.ConversationId, null, default))!;
        using var request = new HttpRequestMessage(HttpMethod.Get, "account/shares");
        request.Headers.Add("Cookie", "utc_offset=90");
        using var response = await _client.SendAsync(request);
        var page = Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(share.Path, page.QuerySelector(".share-open")!.GetAttribute("href"));
        Assert.Equal(share.CreatedAt.AddMinutes(90).ToString("g", System.Globalization.CultureInfo.GetCultureInfo("en")), page.QuerySelector(".keys time")!.TextContent);
        Assert.Equal($"Revoke {share.Title}", page.QuerySelector(".button-danger")!.GetAttribute("aria-label"));
    }

    [Fact]
    public async Task Prompts_EmptyFilledAndRefused()
    {
        Assert.Equal(3, (await OpenAsync("prompts")).QuerySelectorAll(".no-prompts li").Length);
        using var added = await _client.PostFormAsync("account/prompts", new() { ["Name"] = "Translate", ["Command"] = "tr", ["Text"] = "Translate: {{text}}" }, form: "add");
        var page = await OpenAsync("prompts");
        Assert.Equal(["Translate/trTranslate: {{text}}"], page.QuerySelectorAll(".prompt-list summary").Select(Squeezed));
        // What was typed stays.
        page = await PostAsync("prompts", new() { ["Name"] = "Again", ["Command"] = "tr", ["Text"] = "x" }, "add");
        Assert.Equal("There is a prompt /tr already. Choose another command.", page.QuerySelector(".problem[role=alert]")!.TextContent);
        Assert.Equal("Again", page.QuerySelectorAll("input[name=Name]")[^1].GetAttribute("value"));
    }

    [Fact]
    public async Task Data_AsItIsAndAfterMistakes()
    {
        var page = await OpenAsync("data");
        Assert.Equal(["Export", "Import", "Delete all conversations", "Delete the account"], page.QuerySelectorAll("section h2").Select(h => h.TextContent));
        Assert.Null(page.QuerySelector(".problem, .notice"));
        Assert.Equal("One conversation was deleted.", (await OpenAsync("data?deleted=1")).QuerySelector(".notice")!.TextContent);
        page = await PostAsync("data", [], "conversations");
        Assert.Equal("Confirm first that all of them shall be deleted.", page.QuerySelector(".problem")!.TextContent);
        page = await PostAsync("data", new() { ["Password"] = "wrong" }, "account");
        Assert.StartsWith("That is not your password.", page.QuerySelector(".problem")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profile_AsItIsFilledAndRefused_InTheReadersLanguage()
    {
        var page = await OpenAsync("profile");
        Assert.Equal("", ((IHtmlInputElement)page.QuerySelector("input[name=Name]")!).Value);
        Assert.Null(page.QuerySelector("img.avatar, .problem"));
        Assert.Contains("(Helper)", page.QuerySelector("select[name=DefaultAgent]")!.TextContent, StringComparison.Ordinal);
        using var saved = await _client.PostFormAsync("account/profile", new() { ["Name"] = "Ada Lovelace" }, form: "name");
        page = await OpenAsync("profile?saved=true");
        Assert.Equal("Ada Lovelace", ((IHtmlInputElement)page.QuerySelector("input[name=Name]")!).Value);
        Assert.Equal("Saved.", page.QuerySelector(".notice")!.TextContent);
        _client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("de");
        page = await PostAsync("profile", new() { ["Name"] = new string('x', 200) }, "name");
        Assert.StartsWith("Ein Name hat höchstens", page.QuerySelector(".problem")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SharedPage_ShowsTheBranch_AndNothingWhereThereIsNone()
    {
        var run = await AskAsync();
        var share = (await Get<Sharing>().CreateAsync(_person, run.ConversationId, null, default))!;
        using var stranger = _app.CreateClient();
        var page = Parse(await stranger.GetStringAsync(share.Path));
        Assert.Equal("Why?", page.QuerySelector(".message-user .bubble")!.TextContent);
        Assert.Equal("so", page.QuerySelector(".message-assistant .prose strong")!.TextContent);
        Assert.Contains("Helper", page.QuerySelector(".message-assistant .message-author")!.TextContent, StringComparison.Ordinal);
        using var gone = await stranger.GetAsync("/share/unknown");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
    }

    private T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    private async Task<IDocument> OpenAsync(string page) => Parse(await _client.GetStringAsync($"account/{page}"));

    private async Task<IDocument> PostAsync(string page, Dictionary<string, string> fields, string form)
    {
        using var response = await _client.PostFormAsync($"account/{page}", fields, form);
        return Parse(await response.Content.ReadAsStringAsync());
    }

    private async Task<StartedRun> AskAsync()
    {
        _provider.Script("m", s => s.Text("Because **so**.").Finish(inputTokens: 10, outputTokens: 5));
        var run = await Get<RunService>().StartAsync(new RunRequest(_person, "Why?"), default);
        await foreach (var _ in Get<IRunReader>().ReadAsync(run.RunId, 0))
        {
            // Only its end matters.
        }
        return run;
    }

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    private static string Squeezed(IElement element) => string.Concat(element.TextContent.Split('\n').Select(line => line.Trim()));
}
