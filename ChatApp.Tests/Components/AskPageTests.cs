using Bunit;
using ChatApp.Ask;
using ChatApp.Components.Account;
using ChatApp.Components.Ask;
using ChatApp.Components.Chat;
using ChatApp.Components.Layout;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>A session's page over the real services; the provider is scripted.</summary>
public sealed class AskPageTests : PageTest
{
    private const string Key = "Team-42";

    private AskSessions Sessions => App.Services.GetRequiredService<AskSessions>();
    private AskParticipants Participants => App.Services.GetRequiredService<AskParticipants>();
    private AskConversation Conversation => App.Services.GetRequiredService<AskConversation>();

    [Fact]
    public async Task Page_Owner_SeesTheQuestionAndMayWrite()
    {
        await StartAsync(new AskSettings("What slows us down?", "Retro") { Description = "Be frank." });
        var page = RenderPage();
        Assert.Equal("Retro", page.WaitForElement("h1").TextContent);
        Assert.Equal("What slows us down?", page.Find(".ask-question strong").TextContent);
        Assert.Contains("Be frank.", page.Find(".ask-question details").TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.Find("chat-composer"));
        Assert.Contains("Nobody has said anything", page.Find(".ask-empty").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Reviews.")]
    [InlineData("Retro", "What slows us down?")]
    public async Task Page_QuestionIsTheNameOrTheFirstMessage_SaysItOnce(string? name, string said)
    {
        await StartAsync(new AskSettings("What slows us down?", name) { Description = "Be frank." });
        Provider.Script("m", s => s.Text("Thanks.").Finish());
        var bea = await EnterAsync((await Participants.InviteAsync(Key, new AskInvitee("Bea"), default)).Token);
        await Conversation.SayAsync(bea, new AskSpeech(said), default);
        var page = RenderPage();
        page.WaitForElement(".is-from-other .bubble");
        Assert.Single(page.FindAll("h1, .ask-question strong, .bubble"), e => e.TextContent.Trim() == "What slows us down?");
        Assert.NotNull(page.Find(".ask-question details"));
    }

    [Fact]
    public async Task Page_SomebodyElseSpeaks_ShowsThemAndTheAnswerAsItGrows()
    {
        await StartAsync(new AskSettings("Why?"));
        var gate = new Gate();
        Provider.Script("m", s => s.Text("As far ").Wait(gate).Text("as this.").Finish());
        var page = RenderPage();
        page.WaitForElement(".ask-empty");

        var bea = await EnterAsync((await Participants.InviteAsync(Key, new AskInvitee("Bea"), default)).Token);
        await Conversation.SayAsync(bea, new AskSpeech("Reviews."), default);

        page.WaitForAssertion(() => Assert.Equal("As far", page.Find(".is-streaming").TextContent.Trim()));
        Assert.Equal("Reviews.", page.Find(".is-from-other .bubble").TextContent);
        Assert.Contains("Bea", page.Find(".is-from-other .message-author").TextContent, StringComparison.Ordinal);
        gate.Open();
        page.WaitForAssertion(() => Assert.Equal("As far as this.", page.Find(".prose").TextContent.Trim()));
    }

    [Fact]
    public async Task Page_Guest_GivesANameFirst()
    {
        await StartAsync(new AskSettings("Why?") { AllowAnonymous = true });
        Authorization.SetNotAuthorized();
        var page = RenderPage();
        page.WaitForElement(".ask-join input").Change("Dora");
        Assert.Empty(page.FindAll("chat-composer"));
        page.Find(".ask-join").Submit();
        page.WaitForElement("chat-composer");
        Assert.Contains("?invite=inv_", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Contains("Dora (you)", page.Find("#ask-people").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_GuestTakesATakenName_SaysSo()
    {
        await StartAsync(new AskSettings("Why?") { AllowAnonymous = true });
        await Participants.InviteAsync(Key, new AskInvitee("Bea"), default);
        Authorization.SetNotAuthorized();
        var page = RenderPage();
        page.WaitForElement(".ask-join input").Change("Bea");
        page.Find(".ask-join").Submit();
        page.WaitForAssertion(() => Assert.Contains("called Bea already", page.Find(".composer-problem").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_Invited_IsWhoTheLinkSays()
    {
        await StartAsync(new AskSettings("Why?"));
        Provider.Script("m", s => s.Text("So.").Finish());
        var invitation = await Participants.InviteAsync(Key, new AskInvitee("Bea"), default);
        await Conversation.SayAsync(await EnterAsync(invitation.Token), new AskSpeech("Mine"), default);
        Authorization.SetNotAuthorized();
        var page = RenderPage(invitation.Path);
        Assert.Equal("You", page.WaitForElement(".message-user").GetAttribute("aria-label"));
        Assert.Contains("Bea (you)", page.Find("#ask-people").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_NotForGuests_LeadsToTheSignIn()
    {
        await StartAsync(new AskSettings("Secret?"));
        Authorization.SetNotAuthorized();
        var page = RenderPage();
        page.WaitForAssertion(() => page.FindComponent<RedirectToLogin>());
        Assert.DoesNotContain("Secret?", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_InvitationTakenBack_ShowsNothingMore()
    {
        await StartAsync(new AskSettings("Secret?"));
        var invitation = await Participants.InviteAsync(Key, new AskInvitee("Bea"), default);
        Authorization.SetNotAuthorized();
        var page = RenderPage(invitation.Path);
        page.WaitForElement("chat-composer");
        await Participants.SetActiveAsync(Key, invitation.ParticipantId, false, default);
        page.WaitForElement(".notice-page");
        Assert.DoesNotContain("Secret?", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_ClosedMeanwhile_CanOnlyBeRead()
    {
        await StartAsync(new AskSettings("Why?"));
        var page = RenderPage();
        page.WaitForElement("chat-composer");
        await Sessions.SetStatusAsync(Key, AskStatus.Closed, default);
        page.WaitForAssertion(() => Assert.Contains("is closed", page.Find(".ask-note").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("chat-composer"));
    }

    [Fact]
    public async Task Page_UnknownSession_IsNotFound()
    {
        await StartAsync(new AskSettings("Why?"));
        var notFound = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Services.GetRequiredService<NavigationManager>().OnNotFound += (_, _) => notFound.TrySetResult();
        Render<AskPage>(p => p.Add(a => a.Key, "nowhere"));
        await notFound.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task ChatPageAndSidebar_OfTheOwner_LeadToTheSession()
    {
        await StartAsync(new AskSettings("Why?"));
        var ask = await Sessions.RequireAsync(Key, default);
        var sidebar = Render<Sidebar>();
        Assert.Equal("/ask/Team-42", sidebar.WaitForElement(".conversation-row a").GetAttribute("href"));
        Render<ChatPage>(p => p.Add(c => c.ConversationId, ask.Session.ConversationId));
        sidebar.WaitForAssertion(() => Assert.EndsWith("/ask/Team-42", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal));
    }

    private async Task StartAsync(AskSettings settings)
    {
        await StartAsync();
        await Sessions.CreateAsync(Key, settings, Person.Id, default);
    }

    private IRenderedComponent<AskPage> RenderPage(string? path = null)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(path ?? $"/ask/{Key}");
        return Render<AskPage>(p => p.Add(a => a.Key, Key));
    }

    private Task<AskVisit> EnterAsync(string token) => App.Services.GetRequiredService<AskAccess>().EnterAsync(Key, new AskCaller(null, token), default);
}
