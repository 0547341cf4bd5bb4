using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Providers;

namespace ChatApp.Diagnostics.Checks;

/// <summary>Who would answer in a session: agent, model configuration and key, named in the order in which they are missed.</summary>
internal sealed class AskAnswererCheck(AskSetup setup, AgentCatalog agents, ModelCatalog models) : IDiagnosticCheck
{
    public string Category => AskChecks.Category;
    public string Name => "answers";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answerer = await setup.FindAsync(null, cancellationToken);
            return CheckResult.Ok($"{answerer.Agent.Slug} answers, with {answerer.Model ?? answerer.Agent.Model ?? "the default model"}.");
        }
        catch (RequestProblem problem) when (problem.Code == AskSetup.MissingKey)
        {
            return CheckResult.Error(problem.Message, $"export {VariableOf(problem.Message)}=… where the server starts, and start it again");
        }
        catch (RequestProblem)
        {
            return await ExplainAsync(cancellationToken);
        }
    }

    private async Task<CheckResult> ExplainAsync(CancellationToken cancellationToken)
    {
        bool hasModel = await models.FindAsync(null, cancellationToken) != null;
        string agent = CommandText.For($"agents add --slug {AskSetup.ConversationAgent}");
        string model = CommandText.For("models add --provider SLUG --name NAME --default");
        var found = await agents.FindAsync(AskSetup.ConversationAgent, cancellationToken) ?? await agents.FindAsync(null, cancellationToken);
        return (found, hasModel) switch
        {
            (null, true) => CheckResult.Error($"There is neither an agent {AskSetup.ConversationAgent} nor a default agent.", agent),
            (null, false) => CheckResult.Error($"There is neither a model nor an agent ({AskSetup.ConversationAgent} or a default one).", $"{model}; {agent}"),
            _ => CheckResult.Error($"There is no model configuration: neither the model of {found.Slug} nor a default model can be called.", model),
        };
    }

    // "… Define environment variable NAME."
    private static string VariableOf(string message) => message.TrimEnd('.').Split(' ')[^1];
}

/// <summary>Whether there is a session, and whether each finds its agent.</summary>
internal sealed class AskSessionsCheck(AskSessions sessions, AgentCatalog agents) : IDiagnosticCheck
{
    public string Category => AskChecks.Category;
    public string Name => "sessions";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var list = await sessions.ListAsync(cancellationToken);
        if (list.Count == 0)
        {
            return CheckResult.Warning(
                "There is no session yet: the Ask API answers 404.",
                CommandText.For("sessions create --key 123 --question \"…\" --anonymous") + " (or the button New session on the page /admin/sessions)");
        }
        foreach (var session in list)
        {
            if (session.Agent is { } agent && await agents.FindAsync(agent, cancellationToken) == null)
            {
                return CheckResult.Warning(
                    $"The agent {agent} of the session {session.Key} is not there; another answers in its place.",
                    CommandText.For($"agents add --slug {agent}") + $" (or choose another on the page /admin/sessions/{session.Key})");
            }
        }
        return CheckResult.Ok(list.Count == 1 ? "There is one." : $"There are {list.Count}.");
    }
}

/// <summary>Whether insights are looked for.</summary>
internal sealed class AskInsightsCheck(AgentCatalog agents) : IDiagnosticCheck
{
    public string Category => AskChecks.Category;
    public string Name => "insights";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken) => await agents.FindAsync(AskSetup.InsightAgent, cancellationToken) != null
        ? CheckResult.Ok($"{AskSetup.InsightAgent} looks for them.")
        : new CheckResult(
            DiagnosticStatus.Ok, $"They are not looked for: there is no agent {AskSetup.InsightAgent}.", CommandText.For($"agents add --slug {AskSetup.InsightAgent}"));
}

internal static class AskChecks
{
    public const string Category = "ask";
}
