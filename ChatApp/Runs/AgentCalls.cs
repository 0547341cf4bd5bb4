using System.Text;
using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>A question of the server's own to an agent.</summary>
/// <param name="Agent">Slug.</param>
/// <param name="Purpose">What for, e.g. <c>moderation</c>.</param>
/// <param name="Input">What it is asked.</param>
internal sealed record AgentQuestion(string Agent, string Purpose, string Input)
{
    /// <summary>The conversation it is about, and whose it is; null for none.</summary>
    public (Guid Id, Guid OwnerId)? Conversation { get; init; }

    /// <summary>The run it belongs to; null for none.</summary>
    public Guid? RunId { get; init; }

    /// <summary>In the place of the agent's prompt; null for the agent's.</summary>
    public string? Prompt { get; init; }

    /// <summary>Address of the model to ask in the place of the agent's; null for the agent's.</summary>
    public string? Model { get; init; }

    /// <summary>Values for the <c>{{name}}</c> of the agent's prompt; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }
}

/// <summary>
/// Asks agents what the server itself wants to know: is this allowed, what is worth keeping, what is this about. Each call is written down from
/// beginning to end in <c>agent_calls</c>, also one that fails.
/// </summary>
internal sealed partial class AgentCalls(
    IDbContextFactory<ChatDbContext> databases, AgentCatalog agents, ModelCatalog models, IOptions<RunOptions> options, TimeProvider time,
    ILogger<AgentCalls> logger)
{
    /// <summary>The whole answer. Asks the agent's model, then, when that fails, its fallback.</summary>
    /// <exception cref="RequestProblem">There is no such agent or model, or its provider has no key.</exception>
    /// <exception cref="ProviderException">Neither model gave an answer.</exception>
    public async Task<string> AskAsync(AgentQuestion question, CancellationToken cancellationToken)
    {
        var call = new AgentCall
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()), Agent = question.Agent, Purpose = question.Purpose, ConversationId = question.Conversation?.Id,
            OwnerId = question.Conversation?.OwnerId, RunId = question.RunId, Status = AgentCallStatus.Pending, CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.AgentCalls.Add(call);
        await db.SaveChangesAsync(cancellationToken);
        try
        {
            var agent = await agents.FindAsync(question.Agent, cancellationToken)
                ?? throw RequestProblem.NotFound("agent", $"There is no agent \"{question.Agent}\". Add it: agents add --slug {question.Agent}");
            string text = await AskAsync(db, call, agent, question, cancellationToken);
            call.Status = AgentCallStatus.Completed;
            return text;
        }
        catch (Exception e)
        {
            call.Status = AgentCallStatus.Failed;
            call.Error = e is RequestProblem or ProviderException ? e.Message : e.GetType().Name;
            LogFailed(question.Purpose, question.Agent, question.RunId, call.Error);
            throw;
        }
        finally
        {
            call.FinishedAt = time.GetUtcNow().UtcDateTime;
            // Also for a caller that has gone.
            await db.SaveChangesAsync(CancellationToken.None);
        }
    }

    private async Task<string> AskAsync(ChatDbContext db, AgentCall call, AgentProfile agent, AgentQuestion question, CancellationToken cancellationToken)
    {
        var model = await FindModelAsync(question.Model, agent, cancellationToken);
        call.Status = AgentCallStatus.Processing;
        call.Model = model.Address;
        await db.SaveChangesAsync(cancellationToken);
        try
        {
            return await ReceiveAsync(call, agent, model, question, cancellationToken);
        }
        catch (ProviderException) when ((agent.FallbackModel ?? model.Fallback) is { } fallback && fallback != model.Address)
        {
            model = await FindModelAsync(fallback, cancellationToken);
            call.Model = model.Address;
            return await ReceiveAsync(call, agent, model, question, cancellationToken);
        }
    }

    private async Task<string> ReceiveAsync(AgentCall call, AgentProfile agent, ModelTarget model, AgentQuestion question, CancellationToken cancellationToken)
    {
        var messages = new List<ChatMessage>(2);
        string prompt = question.Prompt ?? SystemPrompt.Compose(agent, null, null, question.Variables);
        if (prompt.Length > 0)
            messages.Add(new ChatMessage(ChatRole.System, prompt));
        messages.Add(new ChatMessage(ChatRole.User, question.Input));
        var chat = new ChatOptions
        {
            ModelId = model.ModelName, Temperature = (float?)agent.Temperature, TopP = (float?)agent.TopP, MaxOutputTokens = agent.MaxOutputTokens,
        };
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var text = new StringBuilder();
        long inputChars = messages.Sum(m => (long)m.Text.Length);
        UsageDetails? reported = null;
        try
        {
            silence.CancelAfter(options.Value.IdleTimeout);
            await foreach (var update in model.Client.GetStreamingResponseAsync(messages, chat, silence.Token))
            {
                silence.CancelAfter(options.Value.IdleTimeout);
                text.Append(update.Text);
                reported = update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details ?? reported;
                if (text.Length > MaxAnswerChars)
                    break;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(ProviderFault.Unreachable, $"The provider {model.ProviderName} sent nothing for {options.Value.IdleTimeout.TotalSeconds:0} seconds.");
        }
        finally
        {
            // A call that failed may have cost something, too.
            Charge(call, model, reported, inputChars, text.Length);
        }
        return text.ToString();
    }

    /// <summary>Adds what a model took; what nobody reported is estimated at four characters a token, unless it gave nothing.</summary>
    private static void Charge(AgentCall call, ModelTarget model, UsageDetails? reported, long inputChars, long outputChars)
    {
        if (reported == null && outputChars == 0)
            return;
        bool estimated = reported?.OutputTokenCount == null;
        long input = reported?.InputTokenCount ?? ((inputChars + 3) / 4), output = reported?.OutputTokenCount ?? ((outputChars + 3) / 4);
        call.InputTokens += input;
        call.OutputTokens += output;
        call.Estimated |= estimated;
        if (model.CostOf(input, output) is { } cost)
            call.Cost = (call.Cost ?? 0) + cost;
    }

    /// <summary>The agent's model; its fallback where that one is not there or has no key.</summary>
    private async ValueTask<ModelTarget> FindModelAsync(string? named, AgentProfile agent, CancellationToken cancellationToken)
    {
        try
        {
            return await FindModelAsync(named ?? agent.Model, cancellationToken);
        }
        catch (RequestProblem) when (agent.FallbackModel != null)
        {
            return await FindModelAsync(agent.FallbackModel, cancellationToken);
        }
    }

    private async ValueTask<ModelTarget> FindModelAsync(string? address, CancellationToken cancellationToken) =>
        await models.FindAsync(address, cancellationToken)
            ?? throw new RequestProblem(503, "no_model", address == null
                ? "There is no default model. Add one: models add --provider SLUG --name NAME --default"
                : $"The model \"{address}\" is not available.", "model");

    private const int MaxAnswerChars = 100_000;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Purpose} call to agent {Agent} for run {RunId} failed: {Error}")]
    private partial void LogFailed(string purpose, string agent, Guid? runId, string error);
}
