using System.Net;
using System.Reflection;
using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace ChatApp.Tests.Ask;

/// <summary>What a browser without an account gets: the page of a session that lets it in, a circuit for it, and nothing else.</summary>
public sealed class AskGuestTests
{
    private const string Negotiate = "_blazor/negotiate?negotiateVersion=1";

    [Fact]
    public async Task Page_OpenToAll_IsShownWithItsCircuit()
    {
        await using var ask = await StartAsync(new AskSettings("What slows us down?") { AllowAnonymous = true });
        using var guest = ask.Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await guest.PostAsync(Negotiate, null)).StatusCode);

        using var page = await guest.GetAsync($"ask/{AskHarness.Key}");
        string html = await page.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("What slows us down?", html, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"sidebar\"", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await guest.PostAsync(Negotiate, null)).StatusCode);
    }

    [Fact]
    public async Task Page_Invitation_LetsInAndOnlyThere()
    {
        await using var ask = await StartAsync(new AskSettings("What slows us down?"));
        await ask.Sessions.CreateAsync("other", new AskSettings("Secret question"), ask.Runs.User.Id, default);
        var invitation = await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("Bea"), default);
        using var guest = ask.Client();

        string html = await guest.GetStringAsync(invitation.Path);
        Assert.Contains("What slows us down?", html, StringComparison.Ordinal);
        Assert.Contains("Bea (you)", html, StringComparison.Ordinal);

        using var elsewhere = await guest.GetAsync($"ask/other?invite={invitation.Token}");
        Assert.DoesNotContain("Secret question", await elsewhere.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (string path in new[] { "", "c/01a1fbca-9e94-723d-9f1e-4a1c510ab62b", "admin/sessions", "admin/doctor", "account/keys", $"admin/sessions/{AskHarness.Key}" })
        {
            using var answer = await guest.GetAsync(path);
            Assert.Equal((HttpStatusCode.Redirect, "/account/login"), (answer.StatusCode, answer.Headers.Location?.OriginalString.Split('?')[0]));
        }
        foreach (string path in new[] { "api/conversations", "api/agents" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await guest.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("Team-42")]
    [InlineData("nowhere")]
    [InlineData("a!")]
    public async Task Page_NotForGuests_LooksLikeAnUnknownOneAndGivesNoPass(string key)
    {
        await using var ask = await StartAsync(new AskSettings("What slows us down?"));
        using var guest = ask.Client();
        using var page = await guest.GetAsync($"ask/{key}");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Contains("/account/login?returnUrl=", page.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await guest.PostAsync(Negotiate, null)).StatusCode);
    }

    [Fact]
    public async Task Page_OfAStranger_IsDenied()
    {
        await using var ask = await StartAsync(new AskSettings("What slows us down?"));
        await ask.Runs.App.CreateUserAsync("stranger@example.com");
        using var stranger = await ask.Runs.App.SignInAsync("stranger@example.com");
        string html = await stranger.GetStringAsync($"ask/{AskHarness.Key}");
        Assert.DoesNotContain("What slows us down?", html, StringComparison.Ordinal);
        Assert.Contains("Not open to you", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync("ask/nowhere")).StatusCode);
    }

    [Fact]
    public async Task AdminPages_OfSomebodyElse_AreDenied()
    {
        await using var ask = await StartAsync(new AskSettings("?"));
        await ask.Runs.App.CreateUserAsync("person@example.com");
        using var person = await ask.Runs.App.SignInAsync("person@example.com");
        using var admin = await ask.Runs.App.SignInAsync("root@example.com");
        foreach (string path in new[] { "admin/sessions", "admin/new-session", $"admin/sessions/{AskHarness.Key}", "admin/doctor" })
        {
            using var denied = await person.GetAsync(path);
            Assert.Equal((HttpStatusCode.Redirect, "/account/denied"), (denied.StatusCode, denied.Headers.Location?.OriginalString.Split('?')[0]));
            Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public void Pages_All_SayWhoMaySeeThem()
    {
        // In a guest's circuit nothing else keeps them out.
        var pages = typeof(ChatDbContext).Assembly.GetTypes().Where(t => t.GetCustomAttributes<RouteAttribute>().Any()).ToList();
        Assert.NotEmpty(pages);
        Assert.DoesNotContain(pages, p => p.GetCustomAttribute<AuthorizeAttribute>() == null && p.GetCustomAttribute<AllowAnonymousAttribute>() == null);
        Assert.Equal(
            ["AskPage"], pages.Where(p => p.GetCustomAttribute<AllowAnonymousAttribute>() != null && p.GetCustomAttribute<ExcludeFromInteractiveRoutingAttribute>() == null).Select(p => p.Name));
    }

    private static async Task<AskHarness> StartAsync(AskSettings settings)
    {
        var ask = await AskHarness.StartAsync(settings);
        // Pages are there for people only once there is an admin.
        await ask.Runs.App.CreateUserAsync("root@example.com", admin: true);
        return ask;
    }
}
