using ChatApp.Data.Entities;

namespace ChatApp.Agents;

/// <summary>Puts together what a model is told before a conversation: how close the person is, who the agent is, its rules.</summary>
public static class SystemPrompt
{
    /// <summary>Empty for nothing.</summary>
    /// <param name="replacement">Stands in the place of the agent's prompt; null for the agent's.</param>
    /// <param name="layer">How close the person is to the agent's persona, a name of <see cref="Layers"/>; null outside the Persona API, which counts as public.</param>
    /// <param name="variables">Values for <c>{{name}}</c>; null to leave such text as it is.</param>
    public static string Compose(AgentProfile agent, string? replacement, string? layer, IReadOnlyDictionary<string, string>? variables)
    {
        string rules = replacement ?? agent.Prompt;
        if (agent.Persona is { Length: > 0 } persona)
            rules = string.Join("\n\n", new[] { CloseAs(layer), persona, rules }.Where(part => part.Length > 0));
        return variables == null ? rules : PromptTemplate.Render(rules, variables);
    }

    private static string CloseAs(string? layer) => layer switch
    {
        Layers.Intimate => "You are talking with somebody very close to you. You may speak of everything that you know of yourself.",
        Layers.Friends => "You are talking with a friend. Speak as among friends, and keep to yourself what is meant for nobody but those closest to you.",
        _ => "You are talking with somebody from the public. Say nothing about yourself that you would not say to everybody.",
    };
}
