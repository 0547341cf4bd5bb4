using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Ask;

/// <summary>Several people in one session, and what the agent is told of them.</summary>
public sealed class AskConversationTests
{
    [Fact]
    public async Task Append_SeveralPeople_StandInOrderUnderTheirNames()
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("?") { AllowAnonymous = true });
        ask.Runs.Provider.Script("m", s => s.Text("Noted.").Finish());
        var bea = await ask.InviteAsync("Bea");
        await ask.Conversation.AppendAsync(await ask.EnterAsync(), new AskSpeech("From the owner"), default);
        await ask.Conversation.AppendAsync(bea, new AskSpeech("From Bea") { SenderName = "The boss" }, default);
        await ask.Conversation.AppendAsync(await ask.EnterAsGuestAsync(), new AskSpeech("From a guest") { SenderName = "Carl" }, default);
        await ask.Conversation.AppendAsync(await ask.EnterAsGuestAsync(), new AskSpeech("Not from Bea") { SenderName = "bea" }, default);
        await ask.EndAsync((await ask.Conversation.AnswerAsync(bea, default)).Run.RunId);
        await ask.Conversation.AppendAsync(await ask.EnterAsGuestAsync(), new AskSpeech("Again") { SenderName = "carl" }, default);

        string owner = (await ask.Sessions.RequireAsync(AskHarness.Key, default)).People[0].Email!.Split('@')[0];
        Assert.Equal([$"{owner}: From the owner", "Bea: From Bea", "Carl: From a guest", "bea (guest): Not from Bea", "Agent: Noted.", "Carl: Again"], await ask.SaidAsync());
    }

    [Theory]
    [InlineData("Agent@example.com", "Agent (guest)")]
    [InlineData("A\u034Fgent", "A\u034Fgent (guest)")]
    [InlineData("\uFF21gent", "\uFF21gent (guest)")]
    [InlineData("bea@example.com", "bea (guest)")]
    [InlineData("B\u00E9a", "B\u00E9a (guest)")]
    [InlineData("B.e.a.", "B.e.a. (guest)")]
    [InlineData("helper", "helper (guest)")]
    [InlineData("\u263A", "\u263A")]
    [InlineData("Beatrice", "Beatrice")]
    public async Task Append_GuestsNameThatLooksLikeAnAgentsOrAnothers_IsMarked(string name, string shown)
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("?") { AllowAnonymous = true });
        await ask.InviteAsync("Bea");
        var said = await ask.Conversation.AppendAsync(await ask.EnterAsGuestAsync(), new AskSpeech("Hello") { SenderName = name }, default);
        Assert.Equal(shown, said.AuthorName);
    }

    [Fact]
    public async Task Append_NameInTwoAlphabets_IsRefused()
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("?") { AllowAnonymous = true });
        var guest = await ask.EnterAsGuestAsync();
        // A Cyrillic a.
        var refused = await Assert.ThrowsAsync<RequestProblem>(() => ask.Conversation.AppendAsync(guest, new AskSpeech("Hello") { SenderName = "\u0430da" }, default));
        Assert.Equal((400, "name"), (refused.Status, refused.Field));
        Assert.Equal("\u0410\u043D\u043D\u0430 Smith", (await ask.Conversation.AppendAsync(guest, new AskSpeech("Hello") { SenderName = "\u0410\u043D\u043D\u0430 Smith" }, default)).AuthorName);
    }

    [Fact]
    public async Task Append_ManyAtOnce_NoneIsLost()
    {
        await using var ask = await AskHarness.StartAsync();
        ask.Runs.Provider.Script("m", s => s.Text("Noted.").Finish());
        var visits = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ask.InviteAsync($"P{i}")));
        await Task.WhenAll(visits.Select(async (visit, i) =>
        {
            for (int n = 0; n < 4; n++)
            {
                await ask.Conversation.AppendAsync(visit, new AskSpeech($"{i}.{n}"), default);
                if (n == 2)
                    await ask.Conversation.AnswerAsync(visit, default);
            }
        }));
        var said = await ask.SaidAsync();
        for (int i = 0; i < 8; i++)
            Assert.Equal(Enumerable.Range(0, 4).Select(n => $"P{i}: {i}.{n}"), said.Where(s => s.StartsWith($"P{i}:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Append_SentAgain_IsStoredOnce()
    {
        await using var ask = await AskHarness.StartAsync();
        var visit = await ask.EnterAsync();
        var first = await ask.Conversation.AppendAsync(visit, new AskSpeech("Hi") { SendId = "1" }, default);
        var again = await ask.Conversation.AppendAsync(visit, new AskSpeech("Hi") { SendId = "1" }, default);
        await ask.Conversation.AppendAsync(await ask.InviteAsync("Bea"), new AskSpeech("Hi") { SendId = "1" }, default);
        Assert.Equal(first.Message.Id, again.Message.Id);
        Assert.Equal(2, (await ask.SaidAsync()).Length);
    }

    [Fact]
    public async Task Answer_EarlierOneIsBeingWritten_ComesAfterItAndKnowsIt()
    {
        await using var ask = await AskHarness.StartAsync();
        var gate = new Gate();
        ask.Runs.Provider.Script("m", s => s.Text("To Bea").Wait(gate).Finish(), s => s.Text("To the owner").Finish());
        var bea = await ask.InviteAsync("Bea");
        await ask.Conversation.AppendAsync(bea, new AskSpeech("From Bea"), default);
        await ask.Conversation.AnswerAsync(bea, default);
        await ask.Conversation.AppendAsync(await ask.EnterAsync(), new AskSpeech("From the owner"), default);

        var second = ask.Conversation.AnswerAsync(await ask.EnterAsync(), default);
        Assert.False(second.IsCompleted);
        gate.Open();
        await ask.EndAsync((await second.WaitAsync(TimeSpan.FromSeconds(30))).Run.RunId);

        Assert.Contains("To Bea", ask.Runs.Provider.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_AskedByTwoAtOnce_IsOne()
    {
        await using var ask = await AskHarness.StartAsync();
        var gate = new Gate();
        ask.Runs.Provider.Script("m", s => s.Text("One").Wait(gate).Finish());
        var visit = await ask.EnterAsync();
        await ask.Conversation.AppendAsync(visit, new AskSpeech("Hi"), default);
        var both = await Task.WhenAll(ask.Conversation.AnswerAsync(visit, default), ask.Conversation.AnswerAsync(await ask.InviteAsync("Bea"), default));
        gate.Open();
        await ask.EndAsync(both[0].Run.RunId);
        Assert.Equal(both[0].Run.RunId, both[1].Run.RunId);
        Assert.Single(ask.Runs.Provider.Requests);

        // Afterwards it is another answer that is wanted.
        var later = await ask.Conversation.AnswerAsync(visit, default);
        Assert.NotEqual(both[0].Run.RunId, later.Run.RunId);
    }

    [Fact]
    public async Task Say_WhileAnAnswerIsWritten_IsAnsweredAfterIt()
    {
        await using var ask = await AskHarness.StartAsync();
        var gate = new Gate();
        ask.Runs.Provider.Script("m", s => s.Text("First.").Wait(gate).Finish(), s => s.Text("Second.").Finish());
        var bea = await ask.InviteAsync("Bea");
        Assert.Null(await ask.Conversation.SayAsync(bea, new AskSpeech("One"), default));
        await gate.Reached;
        Assert.Null(await ask.Conversation.SayAsync(bea, new AskSpeech("Two"), default));
        await ask.Runs.Provider.NextRequestAsync();
        gate.Open();
        var second = await ask.Runs.Provider.NextRequestAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["Bea: One", "First.", "Bea: Two"], second.Json.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task Answer_PromptOfTheSession_KnowsItsValues()
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("What slows us down?")
        {
            Description = "Be frank.",
            SystemPrompt = "{{ask_key}}|{{ ask_question }}|{{ask_description}}|{{participant_name}}|{{participants}}|{{latest_user_message}}|{{latest_ai_response}}|{{insights_context}}|{{unknown}}|{{message_history}}",
        });
        ask.Runs.Provider.Script("m", s => s.Text("Why?").Finish());
        var session = await ask.RowAsync();
        await ask.Runs.QueryAsync(async db =>
        {
            db.AskInsights.Add(new AskInsight { Id = Guid.NewGuid(), SessionId = session.Id, Content = "Slow reviews", Type = "pain" });
            return await db.SaveChangesAsync();
        });
        var bea = await ask.InviteAsync("Bea");
        await ask.Conversation.AppendAsync(bea, new AskSpeech("Reviews. {{ask_key}}"), default);
        await ask.EndAsync((await ask.Conversation.AnswerAsync(bea, default)).Run.RunId);
        await ask.Conversation.AppendAsync(bea, new AskSpeech("Too few people."), default);
        await ask.EndAsync((await ask.Conversation.AnswerAsync(bea, default)).Run.RunId);

        string prompt = ask.Runs.Provider.Requests[^1].Json.GetProperty("messages")[0].GetProperty("content").GetString()!;
        string owner = bea.Ask.People[0].Name;
        Assert.Matches(
            @"^Team-42\|What slows us down\?\|Be frank\.\|Bea\|" + System.Text.RegularExpressions.Regex.Escape(owner) + @", Bea\|Too few people\.\|Why\?\|- \[pain\] Slow reviews\|\|"
            + @"\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] Bea: Reviews\. \{\{ask_key\}\}\n\[[^]]+\] Agent: Why\?\n\[[^]]+\] Bea: Too few people\.$", prompt);
    }

    [Theory]
    [InlineData("own", "own")]
    [InlineData(null, AskSetup.ConversationAgent)]
    public async Task Answer_Agent_IsTheSessionsElseTheConversationAgent(string? named, string answers)
    {
        await using var ask = await AskHarness.StartAsync();
        foreach (string slug in new[] { "own", AskSetup.ConversationAgent })
            await ask.Service<AgentAdmin>().AddAsync(new NewAgent(slug, new AgentSettings($"I am {slug}.", "p/m")), null, default);
        await ask.Sessions.UpdateAsync(AskHarness.Key, new AskSettings("?") { Agent = named }, default);
        ask.Runs.Provider.Script("m", s => s.Text("Hello.").Finish());
        var visit = await ask.EnterAsync();
        await ask.Conversation.AppendAsync(visit, new AskSpeech("Hi"), default);

        var answer = await ask.Conversation.AnswerAsync(visit, default);
        await ask.EndAsync(answer.Run.RunId);

        Assert.Equal(answers, answer.Run.Agent);
        Assert.Equal($"I am {answers}.", ask.Runs.Provider.Requests[0].Json.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Theory]
    [InlineData(false, AgentCallStatus.Completed)]
    [InlineData(true, AgentCallStatus.Failed)]
    public async Task Answer_InsightAgent_IsAskedOnceAndItsCallIsKept(bool fails, AgentCallStatus status)
    {
        await using var ask = await AskHarness.StartAsync();
        await ask.Service<AgentAdmin>().AddAsync(new NewAgent(AskSetup.InsightAgent, new AgentSettings("About {{ask_question}}", "p/i")), null, default);
        ask.Runs.Provider.Script("m", s => s.Text("I see.").Finish());
        ask.Runs.Provider.Script("i", s => fails ? s.Status(400) : s.Text("[{\"type\":\"pain\",\"content\":\"Slow\"}]").Finish());
        var bea = await ask.InviteAsync("Bea");
        await ask.Conversation.AppendAsync(bea, new AskSpeech("Slow reviews."), default);

        var answer = await ask.Conversation.AnswerAsync(bea, default);
        var found = await answer.Insights.WaitAsync(TimeSpan.FromSeconds(30));

        var call = Assert.Single(await ask.Runs.QueryAsync(db => db.AgentCalls.AsNoTracking().ToListAsync()));
        Assert.Equal((status, answer.Run.RunId, "insights", "p/i"), (call.Status, call.RunId!.Value, call.Purpose, call.Model));
        Assert.NotNull(call.FinishedAt);
        Assert.Equal(fails ? null : "Bea: Slow", found?.Select(i => $"{i.AuthorName}: {i.Content}").Single());
        Assert.Equal("Agent: I see.", (await ask.SaidAsync())[^1]);
    }

    [Fact]
    public async Task Join_NameOfSomebodyThere_IsRefused()
    {
        await using var ask = await AskHarness.StartAsync(new AskSettings("?") { AllowAnonymous = true });
        var joined = await ask.Participants.JoinAsync(await ask.EnterAsGuestAsync(), " Dora ", default);
        Assert.Equal("Dora", (await ask.EnterAsync(token: joined.Token)).Person!.Name);
        var problem = await Assert.ThrowsAsync<RequestProblem>(async () => await ask.Participants.JoinAsync(await ask.EnterAsGuestAsync(), "DORA", default));
        Assert.Equal(409, problem.Status);
    }

    [Fact]
    public async Task Stop_RunOfAnotherConversation_GoesOn()
    {
        await using var ask = await AskHarness.StartAsync();
        var gate = new Gate();
        ask.Runs.Provider.Script("m", s => s.Text("a").Wait(gate).Text("b").Finish());
        var elsewhere = await ask.Runs.StartRunAsync("Hi");
        await gate.Reached;
        await ask.Conversation.StopAsync(await ask.InviteAsync("Bea"), elsewhere.GetProperty("run_id").GetGuid(), default);
        gate.Open();
        await ask.EndAsync(elsewhere.GetProperty("run_id").GetGuid());
        Assert.Equal("completed", (await ask.Runs.FindAsync(elsewhere.GetProperty("run_id").GetString()!)).GetProperty("status").GetString());
    }
}
