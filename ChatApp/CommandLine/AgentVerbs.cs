using System.CommandLine;
using ChatApp.Agents;

namespace ChatApp.CommandLine;

/// <summary><c>agents add</c>.</summary>
public static class AgentVerbs
{
    public static Command CreateAgents(IServiceProvider services) => new("agents", "What people talk to.") { CreateAdd(services) };

    private static Command CreateAdd(IServiceProvider services)
    {
        var slug = new Option<string>("--slug") { Required = true, Description = "Names the agent in the API: lower-case letters, digits, hyphens." };
        var model = new Option<string?>("--model") { HelpName = "provider/name", Description = "The model that answers; the default model unless given." };
        var name = new Option<string?>("--name") { Description = "Its name for people; the slug unless given." };
        var prompt = new Option<string?>("--prompt") { Description = "The system prompt." };
        var moderation = new Option<string?>("--moderation-agent") { HelpName = "slug", Description = "The agent that judges each question before this one answers." };
        var isDefault = new Option<bool>("--default") { Description = "Make it the default agent." };
        var add = new Command("add", "Adds an agent.") { slug, model, name, prompt, moderation, isDefault };
        var persona = new PersonaOptions();
        persona.AddTo(add);
        add.SetAction(async (result, cancellationToken) =>
        {
            var agent = persona.Apply(result, new NewAgent(
                result.GetRequiredValue(slug),
                new AgentSettings(result.GetValue(prompt) ?? "", result.GetValue(model)) { ModerationAgent = result.GetValue(moderation) },
                result.GetValue(name),
                IsDefault: result.GetValue(isDefault)));
            await services.GetRequiredService<AgentAdmin>().AddAsync(agent, by: null, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"Added the agent {agent.Slug}.");
        });
        return add;
    }
}
