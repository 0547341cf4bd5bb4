using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;
using ChatApp.Tests.Runs;
using Xunit;

namespace ChatApp.Tests.Ask;

/// <summary>Who may read and who may speak in a session.</summary>
public sealed class AskAccessTests
{
    private static readonly HashSet<string> All = [.. Scopes.All];

    [Theory]
    [InlineData("owner", true, true)]
    [InlineData("admin", true, true)]
    [InlineData("participant", true, false)]
    [InlineData("invited", true, false)]
    public async Task Enter_WhoBelongsThere_MaySpeak(string who, bool speaks, bool manages)
    {
        await using var ask = await AskHarness.StartAsync();
        var visit = who switch
        {
            "owner" => await ask.EnterAsync(),
            "admin" => await ask.EnterAsync(new CurrentUser(await ask.Runs.App.CreateUserAsync("root@example.com", admin: true), true, All)),
            "participant" => await ask.EnterAsync(await ParticipantAsync(ask)),
            _ => await ask.InviteAsync("Bea"),
        };
        Assert.Equal((speaks, manages), (visit.MaySpeak, visit.MayManage));
    }

    [Fact]
    public async Task Enter_AdminsKeyWithoutTheScope_IsLikeAnybodyElses()
    {
        await using var ask = await AskHarness.StartAsync();
        var admin = new CurrentUser(await ask.Runs.App.CreateUserAsync("root@example.com", admin: true), true, new HashSet<string> { Scopes.Read, Scopes.Chat });
        await AssertRefusedAsync(403, () => ask.EnterAsync(admin));
    }

    [Fact]
    public async Task Enter_KeyThatMayOnlyRead_ReadsAndIsSilent()
    {
        await using var ask = await AskHarness.StartAsync();
        var visit = await ask.EnterAsync(ask.Runs.User with { Scopes = new HashSet<string> { Scopes.Read } });
        Assert.False(visit.MaySpeak);
        await AssertRefusedAsync(403, () => ask.Conversation.AppendAsync(visit, new AskSpeech("Hi"), default));
        await AssertRefusedAsync(403, () => ask.Conversation.AnswerAsync(visit, default));
    }

    [Fact]
    public async Task Enter_Nobody_IsAskedToSignIn()
    {
        await using var ask = await AskHarness.StartAsync();
        await AssertRefusedAsync(401, ask.EnterAsGuestAsync);
    }

    [Fact]
    public async Task Enter_Stranger_IsRefused()
    {
        await using var ask = await AskHarness.StartAsync();
        var (stranger, client) = await ask.Runs.App.CreateCallerAsync();
        client.Dispose();
        await AssertRefusedAsync(403, () => ask.EnterAsync(stranger));
    }

    [Theory]
    [InlineData("inv_of-nobody")]
    [InlineData("another session's")]
    [InlineData("shut out")]
    public async Task Enter_InvitationThatIsNoneHere_IsRefusedEvenWhereAllMayCome(string which)
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("?") { AllowAnonymous = true });
        string token = which;
        if (which == "another session's")
        {
            await ask.Sessions.CreateAsync("other", new AskSettings("?"), ask.Runs.User.Id, default);
            token = (await ask.Participants.InviteAsync("other", new AskInvitee("Eve"), default)).Token;
        }
        else if (which == "shut out")
        {
            var invitation = await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("Eve"), default);
            await ask.Participants.SetActiveAsync(AskHarness.Key, invitation.ParticipantId, false, default);
            token = invitation.Token;
        }
        await AssertRefusedAsync(403, () => ask.EnterAsync(token: token));
    }

    [Fact]
    public async Task Enter_ParticipantShutOut_IsRefusedEvenWhereAllMayCome()
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("?") { AllowAnonymous = true });
        var user = await ParticipantAsync(ask);
        var visit = await ask.EnterAsync(user);
        await ask.Participants.SetActiveAsync(AskHarness.Key, visit.Person!.Id, false, default);
        await AssertRefusedAsync(403, () => ask.EnterAsync(user));
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("paused")]
    [InlineData("not begun")]
    [InlineData("over")]
    public async Task Enter_OutsideItsTime_ReadsOnlyEvenItsOwner(string why)
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("?")
        {
            StartsAt = why == "not begun" ? DateTime.MaxValue.AddYears(-1) : null, EndsAt = why == "over" ? DateTime.UnixEpoch : null,
        });
        if (why is "closed" or "paused")
            await ask.Sessions.SetStatusAsync(AskHarness.Key, why == "closed" ? AskStatus.Closed : AskStatus.Paused, default);
        var visit = await ask.EnterAsync();
        Assert.Equal((false, false), (visit.MaySpeak, visit.Ask.IsOpen));
        await AssertRefusedAsync(403, () => ask.Conversation.AppendAsync(visit, new AskSpeech("Hi"), default));
    }

    [Theory]
    [InlineData("Team-42", 0)]
    [InlineData(" team-42 ", 0)]
    [InlineData("TEAM-42", 0)]
    [InlineData("team-4", 404)]
    [InlineData("ab", 400)]
    [InlineData("...", 400)]
    [InlineData("a b c", 400)]
    [InlineData("équipe", 400)]
    [InlineData("", 400)]
    public async Task Enter_Key_IsTrimmedAndHasNoCase(string key, int refused)
    {
        await using var ask = await AskHarness.StartAsync();
        if (refused == 0)
            Assert.Equal(AskHarness.Key, (await ask.EnterAsync(key: key)).Ask.Session.Key);
        else
            await AssertRefusedAsync(refused, () => ask.EnterAsync(key: key));
    }

    [Fact]
    public async Task Create_KeyInAnotherCase_IsTaken()
    {
        await using var ask = await AskHarness.StartAsync();
        await AssertRefusedAsync(409, () => ask.Sessions.CreateAsync("TEAM-42", new AskSettings("?"), ask.Runs.User.Id, default));
    }

    [Fact]
    public async Task Invite_Token_IsNowhereInTheDatabase()
    {
        await using var ask = await AskHarness.StartAsync();
        var invitation = await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("Bea"), default);
        Assert.Matches("^inv_[A-Za-z0-9_-]{43}$", invitation.Token);
        byte[] hash = await ask.Runs.QueryAsync(db => db.AskParticipants.Where(p => p.Id == invitation.ParticipantId).Select(p => p.InviteHash!).SingleAsync());
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(invitation.Token)), hash);
    }

    [Fact]
    public async Task Invite_RoleAndSpokesperson_AreToldToTheClients()
    {
        await using var ask = await AskHarness.StartAsync();
        await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("Bea", Role: "facilitator", IsSpokesperson: true), default);
        await AssertRefusedAsync(400, () => ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("Carl", Role: "king"), default));

        var data = await (await ask.Runs.Client.GetAsync($"/api/ask/{AskHarness.Key}")).DataAsync();
        var bea = data.GetProperty("ask").GetProperty("participants").EnumerateArray().Single(p => p.Text("name") == "Bea");
        Assert.Equal(("facilitator", true), (bea.Text("role"), bea.GetProperty("isSpokesperson").GetBoolean()));
    }

    [Fact]
    public async Task Join_NameOfTheAgentOrHiddenCharacters_IsRefused()
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("?") { AllowAnonymous = true });
        var visit = await ask.EnterAsGuestAsync();
        await AssertRefusedAsync(409, () => ask.Participants.JoinAsync(visit, "agent", default));
        await AssertRefusedAsync(400, () => ask.Participants.JoinAsync(visit, "Be\u200Ba", default));
    }

    private static async Task<CurrentUser> ParticipantAsync(AskHarness ask)
    {
        var (user, client) = await ask.Runs.App.CreateCallerAsync();
        client.Dispose();
        string email = await ask.Runs.QueryAsync(db => db.Users.Where(u => u.Id == user.Id).Select(u => u.Email!).SingleAsync());
        await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("Ann", email.ToUpperInvariant()), default);
        return user;
    }

    private static async Task AssertRefusedAsync(int status, Func<Task> act) => Assert.Equal(status, (await Assert.ThrowsAsync<RequestProblem>(act)).Status);
}
