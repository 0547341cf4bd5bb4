using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Conformance;

/// <summary>An agent with a handle and a persona, owned by the caller: <c>{ann}</c> is its id, <c>{handle}</c> its handle.</summary>
internal sealed class PersonaTraces : ITraceSetup
{
    public string Dialect => "Persona";

    /// <summary>Opens the client's conversation with an avee that has the default agent's model.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> OpenAsync(TestApp app, HttpClient client)
    {
        var agents = app.Services.GetRequiredService<AgentCatalog>();
        if (await agents.FindByHandleAsync("line", default) == null)
        {
            string? model = (await agents.FindAsync(null, default))!.Model;
            await app.Services.GetRequiredService<AgentAdmin>().AddAsync(new NewAgent("line", new AgentSettings("", model)) { Handle = "line" }, null, default);
        }
        var avee = await agents.FindByHandleAsync("line", default);
        using var opened = await client.PostAsync($"conversations/with-avee?avee_id={avee!.Id}", null);
        return (await opened.Content.ReadFromJsonAsync<JsonElement>()).Text("id");
    }

    public async Task ArrangeAsync(string name, RunHarness runs, CurrentUser caller, TraceValues values)
    {
        if (name is not ("avee" or "small-avee"))
            throw new FormatException($"There is no arrangement {name}.");
        string handle = "ann-" + caller.Id.ToString("n")[^8..];
        await runs.App.Services.GetRequiredService<AgentAdmin>().AddAsync(
            new NewAgent(handle, new AgentSettings("Answer in one sentence.", "p/trace") { Persona = "You are Ann.", LargeModel = name == "avee" ? "p/large" : null }, "Ann")
            {
                Handle = handle, AvatarUrl = "https://example.com/ann.png", OwnerId = caller.Id, Description = "Knows caf\u00e9s",
            },
            null, default);
        values["handle"] = handle;
        values["ann"] = (await runs.App.Services.GetRequiredService<AgentCatalog>().FindByHandleAsync(handle, default))!.Id.ToString();
    }
}
