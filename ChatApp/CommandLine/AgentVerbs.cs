using System.CommandLine;
using ChatApp.Agents;

namespace ChatApp.CommandLine;

/// <summary><c>agents add</c>, <c>set</c>, <c>disable</c> and <c>enable</c>.</summary>
public static class AgentVerbs
{
    public static Command Create(IServiceProvider services) => new("agents", "What people talk to.")
    {
        CreateAdd(services), CreateSet(services), CreateSwitch(services, "disable", false), CreateSwitch(services, "enable", true),
    };

    private static Command CreateAdd(IServiceProvider services)
    {
        var slug = new Option<string>("--slug") { Required = true, Description = "Names the agent in the API: lower-case letters, digits, hyphens." };
        var name = new Option<string?>("--name") { Description = "Its name for people; the slug unless given." };
        var isDefault = new Option<bool>("--default") { Description = "Make it the default agent." };
        var settings = new SettingsOptions();
        var add = new Command("add", "Adds an agent.") { slug, name, isDefault };
        settings.AddTo(add);
        var persona = new PersonaOptions();
        persona.AddTo(add);
        add.SetAction(async (result, cancellationToken) =>
        {
            var agent = persona.Apply(result, new NewAgent(
                result.GetRequiredValue(slug), settings.Apply(result, new AgentSettings()), result.GetValue(name), IsDefault: result.GetValue(isDefault)));
            await services.GetRequiredService<AgentAdmin>().AddAsync(agent, by: null, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"Added the agent {agent.Slug}.");
        });
        return add;
    }

    private static Command CreateSet(IServiceProvider services)
    {
        var slug = new Option<string>("--slug") { Required = true, Description = "The agent." };
        var name = new Option<string?>("--name") { Description = "Its name for people." };
        var isDefault = new Option<bool>("--default") { Description = "Make it the default agent." };
        var settings = new SettingsOptions();
        var set = new Command("set", "Changes what is given of an agent, as a new revision; the rest stays. What is given empty is taken away.") { slug, name, isDefault };
        settings.AddTo(set);
        var persona = new PersonaOptions();
        persona.AddTo(set);
        set.SetAction(async (result, cancellationToken) =>
        {
            var change = persona.Apply(result, new AgentChange
            {
                Name = result.GetValue(name), IsDefault = result.GetValue(isDefault), Settings = s => settings.Apply(result, s),
            });
            int revision = await services.GetRequiredService<AgentAdmin>().ChangeAsync(result.GetRequiredValue(slug), change, by: null, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"The agent {result.GetRequiredValue(slug)} is at revision {revision}.");
        });
        return set;
    }

    private static Command CreateSwitch(IServiceProvider services, string verb, bool enabled)
    {
        var slug = new Option<string>("--slug") { Required = true, Description = "The agent." };
        var command = new Command(verb, enabled ? "Lets people talk to the agent again." : "Hides the agent; its conversations stay.") { slug };
        command.SetAction(async (result, cancellationToken) =>
        {
            await services.GetRequiredService<AgentAdmin>()
                .ChangeAsync(result.GetRequiredValue(slug), new AgentChange { Enabled = enabled }, by: null, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"The agent {result.GetRequiredValue(slug)} is {verb}d.");
        });
        return command;
    }

    /// <summary>The options that make a revision.</summary>
    private sealed class SettingsOptions
    {
        private readonly Option<string?> _model = new("--model") { HelpName = "provider/name", Description = "The model that answers; the default model unless given." };
        private readonly Option<string?> _fallback = new("--fallback") { HelpName = "provider/name", Description = "The model that answers when that one fails before its first token." };
        private readonly Option<string?> _prompt = new("--prompt") { Description = "The system prompt." };
        private readonly Option<string?> _largeModel = new("--large-model") { HelpName = "provider/name", Description = "A larger model that a request may ask for." };
        private readonly Option<string?> _persona = new("--persona") { Description = "Who it is when it speaks as somebody." };
        private readonly Option<string?> _moderation = new("--moderation-agent") { HelpName = "slug", Description = "The agent that judges each question before this one answers." };
        private readonly Option<double?> _temperature = new("--temperature") { Description = "0 to 2; the provider's own unless given." };
        private readonly Option<double?> _topP = new("--top-p") { Description = "Above 0 to 1; the provider's own unless given." };
        private readonly Option<int?> _maxTokens = new("--max-tokens") { Description = "Longest answer in tokens; the provider's own unless given." };

        public void AddTo(Command command)
        {
            foreach (var option in new Option[] { _model, _fallback, _largeModel, _prompt, _persona, _moderation, _temperature, _topP, _maxTokens })
                command.Add(option);
        }

        public AgentSettings Apply(ParseResult result, AgentSettings settings) => settings with
        {
            Model = Given(result.GetValue(_model), settings.Model),
            FallbackModel = Given(result.GetValue(_fallback), settings.FallbackModel),
            LargeModel = Given(result.GetValue(_largeModel), settings.LargeModel),
            Persona = Given(result.GetValue(_persona), settings.Persona),
            ModerationAgent = Given(result.GetValue(_moderation), settings.ModerationAgent),
            Prompt = result.GetValue(_prompt) ?? settings.Prompt,
            Temperature = result.GetValue(_temperature) ?? settings.Temperature,
            TopP = result.GetValue(_topP) ?? settings.TopP,
            MaxOutputTokens = result.GetValue(_maxTokens) ?? settings.MaxOutputTokens,
        };

        private static string? Given(string? given, string? before) => given switch { null => before, "" => null, _ => given };
    }
}
