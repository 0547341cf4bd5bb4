using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Conformance;

/// <summary>Sessions for the traces of the Ask API: their keys are in {session} and {upper}, a token in {invite}, one for elsewhere in {foreign}.</summary>
internal sealed class AskTraces : ITraceSetup
{
    public string Dialect => "Ask";

    public async Task ArrangeAsync(string name, RunHarness runs, CurrentUser caller, TraceValues values)
    {
        var services = runs.App.Services;
        var sessions = services.GetRequiredService<AskSessions>();
        var participants = services.GetRequiredService<AskParticipants>();
        switch (name)
        {
            case "session" or "anonymous-session":
                string key = $"Trace-{Guid.NewGuid():n}";
                await sessions.CreateAsync(
                    key, new AskSettings("What slows us down?", "Retro") { AllowAnonymous = name == "anonymous-session" }, caller.Id, default);
                (values["session"], values["upper"]) = (key, key.ToUpperInvariant());
                break;
            case "invitation":
                values["invite"] = (await participants.InviteAsync(values["session"], new AskInvitee("Bea"), default)).Token;
                break;
            case "foreign-invitation":
                string other = $"other-{Guid.NewGuid():n}";
                await sessions.CreateAsync(other, new AskSettings("Another question"), caller.Id, default);
                values["foreign"] = (await participants.InviteAsync(other, new AskInvitee("Eve"), default)).Token;
                break;
            case "closed":
                await sessions.SetStatusAsync(values["session"], AskStatus.Closed, default);
                break;
            case "insight-agent":
                await services.GetRequiredService<AgentAdmin>().AddAsync(
                    new NewAgent(AskSetup.InsightAgent, new AgentSettings("Find insights about {{ask_question}}.", "p/insights")), null, default);
                break;
            default:
                throw new FormatException($"What is {name}?");
        }
    }
}
