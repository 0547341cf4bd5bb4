namespace ChatApp.Agents;

/// <summary>Puts together what a model is told before a conversation.</summary>
public static class SystemPrompt
{
    /// <summary>Empty for nothing.</summary>
    /// <param name="replacement">Stands in the place of the agent's prompt; null for the agent's.</param>
    /// <param name="layer">How close the person is to the agent's persona; null outside the Persona API.</param>
    /// <param name="variables">Values for <c>{{name}}</c>; null to leave such text as it is.</param>
    public static string Compose(AgentProfile agent, string? replacement, string? layer, IReadOnlyDictionary<string, string>? variables)
    {
        string prompt = replacement ?? agent.Prompt;
        return variables == null ? prompt : PromptTemplate.Render(prompt, variables);
    }
}
