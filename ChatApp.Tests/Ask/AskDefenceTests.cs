using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Dialects.Ask;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Ask;

/// <summary>What those who come to a session must not be able to do, or to learn.</summary>
public sealed class AskDefenceTests
{
    private static readonly AskSettings OpenToAll = new("What slows us down?") { AllowAnonymous = true };

    [Theory]
    [InlineData(10)]
    [InlineData(23)]
    [InlineData(25)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(2000)]
    public async Task Append_NestedMetadata_IsTakenOrRefusedAndTheSessionStaysReadable(int depth)
    {
        await using var ask = await AskHarness.StartAsync(OpenToAll);
        using var guest = ask.Client();

        using var said = await guest.PostAsync($"/api/ask/{AskHarness.Key}", Json($$"""{"content":"Hi","metadata":{{Nested(depth)}}}"""));
        using var read = await guest.GetAsync($"/api/ask/{AskHarness.Key}");

        Assert.True((int)said.StatusCode is 200 or (>= 400 and < 500), $"{said.StatusCode}");
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(said.IsSuccessStatusCode ? 1 : 0, (await read.DataAsync()).GetProperty("messages").GetArrayLength());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(240)]
    [InlineData(2000)]
    public async Task Read_MetadataStoredDeeply_AreNoFault(int depth)
    {
        await using var ask = await AskHarness.StartAsync(OpenToAll);
        using var guest = ask.Client();
        (await guest.SayAsync("Hi")).Dispose();
        string metadata = Nested(depth);
        await ask.Runs.QueryAsync(db => db.Messages.ExecuteUpdateAsync(s => s.SetProperty(m => m.Metadata, metadata)));

        using var read = await guest.GetAsync($"/api/ask/{AskHarness.Key}");

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Contains("\"content\":\"Hi\"", await read.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AsGuest_HasNobodysAddress()
    {
        await using var ask = await AskHarness.StartAsync(OpenToAll);
        await ask.Runs.App.CreateUserAsync("root@example.com", admin: true);
        var (_, person) = await ask.Runs.App.CreateCallerAsync();
        using (person)
            (await person.SayAsync("From an account")).EnsureSuccessStatusCode();
        await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("bea@example.com", "bea@example.com"), default);
        using var guest = ask.Client();
        (await guest.SayAsync("From a guest")).EnsureSuccessStatusCode();

        string json = await guest.GetStringAsync($"/api/ask/{AskHarness.Key}");
        string page = await guest.GetStringAsync($"/ask/{AskHarness.Key}");

        Assert.Contains("\"name\":\"bea\"", json, StringComparison.Ordinal);
        foreach (string shown in new[] { json, page })
        {
            Assert.Contains("From an account", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("@example.com", WebUtility.HtmlDecode(shown).Replace("\\u0040", "@", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Authorization", "Bearer ck_wrong")]
    [InlineData("Authorization", "Bearer something.else")]
    [InlineData("x-api-key", "ck_wrong")]
    [InlineData(null, null)]
    public async Task Call_BadCredential_Is401_NoneIsAGuest(string? header, string? value)
    {
        await using var ask = await AskHarness.StartAsync(OpenToAll);
        using var client = ask.Client();
        if (header != null)
            client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
        var expected = header == null ? HttpStatusCode.OK : HttpStatusCode.Unauthorized;

        using var read = await client.GetAsync($"/api/ask/{AskHarness.Key}");
        using var said = await client.SayAsync("Hi");

        Assert.Equal((expected, expected), (read.StatusCode, said.StatusCode));
        if (header == null)
            return;
        using var stream = await client.StreamAsync(new { content = "Hi" });
        Assert.Equal(HttpStatusCode.Unauthorized, stream.StatusCode);
    }

    [Theory]
    [InlineData("invited")]
    [InlineData("guest")]
    [InlineData("account")]
    public async Task Stream_ShutOut_EndsWithinFiveSeconds(string who)
    {
        var time = new MovableTime();
        await using var ask = await AskHarness.StartAsync(OpenToAll, b => b.Services.AddSingleton<TimeProvider>(time));
        var gate = new Gate();
        ask.Runs.Provider.Script("m", s => s.Text("As far ").Wait(gate).Text("as this.").Finish());
        var invitation = await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("Bea"), default);
        var (user, account) = await ask.Runs.App.CreateCallerAsync();
        using var client = who switch { "invited" => ask.Client(invitation.Token), "guest" => ask.Client(), _ => account };
        using var response = await client.StreamAsync(new { content = "Go on" });
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync() is { } line && !line.Contains("As far", StringComparison.Ordinal))
        {
        }

        if (who == "guest")
            await ask.Runs.QueryAsync(db => db.AskSessions.ExecuteUpdateAsync(s => s.SetProperty(x => x.AllowAnonymous, false)));
        else
        {
            var people = (await ask.Sessions.RequireAsync(AskHarness.Key, default)).People;
            var id = who == "invited" ? invitation.ParticipantId : people.Single(p => p.AccountId == user.Id).Id;
            await ask.Participants.SetActiveAsync(AskHarness.Key, id, false, default);
        }

        time.Advance(TimeSpan.FromSeconds(5));
        var rest = await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.NotNull(rest);
        gate.Open();
    }

    [Fact]
    public async Task Join_MoreGuestsThanAMinuteTakes_AreToldToWait()
    {
        await using var ask = await AskHarness.StartAsync(OpenToAll);
        var visit = await ask.EnterAsGuestAsync();
        var joins = await Task.WhenAll(Enumerable.Range(1, 70).Select(async i =>
        {
            try
            {
                await ask.Participants.JoinAsync(visit, $"Guest {i}", default);
                return 200;
            }
            catch (RequestProblem problem)
            {
                Assert.Equal("too_many_guests", problem.Code);
                return problem.Status;
            }
        }));

        Assert.Equal((60, 10), (joins.Count(s => s == 200), joins.Count(s => s == 429)));
        // Whoever is invited comes in all the same.
        Assert.NotEmpty((await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("Bea"), default)).Token);
    }

    [Fact]
    public async Task Join_AfterManyInvitations_IsLetIn()
    {
        await using var ask = await AskHarness.StartAsync(OpenToAll);
        foreach (int i in Enumerable.Range(1, 60))
            await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee($"Invited {i}"), default);

        Assert.NotEmpty((await ask.Participants.JoinAsync(await ask.EnterAsGuestAsync(), "Guest", default)).Token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invite_AddressOfAnAccount_IsBoundOnlyWhereNobodyCanRegisterIt(bool canRegister)
    {
        await using var ask = await AskHarness.StartAsync(null, ("Accounts:AllowRegistration", canRegister ? "true" : "false"));
        var stranger = await ask.Runs.App.CreateUserAsync("bea@example.com");

        await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("Bea", "bea@example.com"), default);

        var row = await ask.Runs.QueryAsync(db => db.AskParticipants.SingleAsync(p => p.Name == "Bea"));
        Assert.Equal(canRegister ? null : stranger, row.AccountId);
    }

    [Fact]
    public async Task Door_ManyWatchers_LookAtTheSessionOnce()
    {
        var time = new StillTime();
        var loads = new CountedLoads();
        await using var ask = await AskHarness.StartAsync(new AskSettings("?"), b =>
        {
            b.Services.AddSingleton<TimeProvider>(time);
            b.Services.ConfigureDbContext<ChatApp.Data.Sqlite.SqliteChatDbContext>(options => options.AddInterceptors(loads));
        });
        List<AskInvitation> invited = [];
        foreach (int i in Enumerable.Range(1, 5))
            invited.Add(await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee($"P{i}"), default));
        var door = ask.Service<AskDoor>();
        async Task<int> RoundAsync(Func<AskInvitation, bool> mayEnter)
        {
            loads.Count = 0;
            foreach (var person in invited)
                Assert.Equal(mayEnter(person), await door.MayEnterAsync(AskHarness.Key, new AskCaller(null, person.Token), default));
            return loads.Count;
        }

        Assert.Equal(1, await RoundAsync(_ => true));
        await ask.Participants.SetActiveAsync(AskHarness.Key, invited[0].ParticipantId, false, default);
        time.Skip(TimeSpan.FromSeconds(3));
        Assert.Equal(1, await RoundAsync(p => p != invited[0]));
    }

    /// <summary>Stands still for whoever measures, until it is moved; its timers are the system's.</summary>
    private sealed class StillTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Skip(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

        public override long GetTimestamp() => Volatile.Read(ref _ticks);
    }

    private sealed class CountedLoads : DbCommandInterceptor
    {
        public int Count { get; set; }

        public override ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.Contains("FROM \"ask_sessions\"", StringComparison.Ordinal))
                Count++;
            return ValueTask.FromResult(result);
        }
    }

    [Fact]
    public async Task Invitation_WhereverItIsUsed_IsInNoLog()
    {
        var logs = new CapturedLogs();
        await using var ask = await AskHarness.StartAsync(new AskSettings("What slows us down?"), logs.Install);
        await ask.Runs.App.CreateUserAsync("root@example.com", admin: true);
        var invitation = await ask.Participants.InviteAsync(AskHarness.Key, new AskInvitee("Bea"), default);
        using var guest = ask.Client();

        (await guest.GetAsync(invitation.Path)).Dispose();
        (await guest.GetAsync($"ask/nowhere?x=1&invite={invitation.Token}")).Dispose();
        (await guest.GetAsync($"account/keys?invite={invitation.Token}")).Dispose();
        (await guest.GetAsync($"account/login?returnUrl={Uri.EscapeDataString(invitation.Path)}")).Dispose();
        (await guest.PostAsync("_blazor/negotiate?negotiateVersion=1", null)).Dispose();
        using (var invited = ask.Client(invitation.Token))
            (await invited.GetAsync($"api/ask/{AskHarness.Key}")).EnsureSuccessStatusCode();

        Assert.Contains(logs.Lines, l => l.Contains("invite=inv_…", StringComparison.Ordinal) && l.Contains("Hosting.Diagnostics", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, l => l.Contains(invitation.Token, StringComparison.Ordinal));
    }

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
}
