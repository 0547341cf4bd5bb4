using ChatApp.Agents;
using ChatApp.Files;
using ChatApp.Identity;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Conformance;

internal sealed class StudyGuruSetup : ITraceSetup
{
    public string Dialect => "StudyGuru";

    public async Task ArrangeAsync(string name, RunHarness runs, CurrentUser caller, TraceValues values)
    {
        var agents = runs.App.Services.GetRequiredService<AgentAdmin>();
        switch (name)
        {
            case "judge":
                await agents.AddAsync(new NewAgent("judge", new AgentSettings("Judge.", "p/judge")), null, default);
                await agents.ChangeAsync("trace", new AgentChange { Settings = _ => new AgentSettings("", "p/trace") { ModerationAgent = "judge" } }, null, default);
                break;
            case "image":
                values["image"] = (await runs.App.Services.GetRequiredService<FileStore>().AddAsync(caller, "dot.png", TestImages.Png, default)).Id.ToString();
                break;
            case "blind":
                await runs.App.Services.GetRequiredService<ProviderAdmin>().AddModelAsync(new NewModel("p", "blind", Vision: false), default);
                await agents.ChangeAsync("trace", new AgentChange { Settings = _ => new AgentSettings("", "p/blind") }, null, default);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(name), name, null);
        }
    }
}

internal sealed class RelaySetup : ITraceSetup
{
    public string Dialect => "Relay";

    public Task ArrangeAsync(string name, RunHarness runs, CurrentUser caller, TraceValues values) => runs.App.CreateUserAsync("relay@example.com");
}
