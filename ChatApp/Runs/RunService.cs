using System.Security.Cryptography;
using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Providers;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>Starts, shows and stops runs.</summary>
internal sealed partial class RunService(
    IDbContextFactory<ChatDbContext> databases, AgentCatalog agents, ModelCatalog models, ConversationService conversations, ConversationFeed feed,
    RunLogWriter writer, RunRegistry registry, RunExecutor executor, RunLease lease, IOptions<RunOptions> options, TimeProvider time,
    ILogger<RunService> logger)
{
    private readonly RunOptions _options = options.Value;

    /// <summary>Stores question, answer's placeholder and run in one transaction and begins executing; returns once that is durable.</summary>
    /// <exception cref="RequestProblem">The request is at fault, or the server can take no more.</exception>
    public async Task<StartedRun> StartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        Validate(request);
        byte[]? requestHash = null;
        if (request.IdempotencyKey != null)
        {
            requestHash = HashOf(request);
            if (await FindByKeyAsync(request, requestHash, cancellationToken) is { } earlier)
                return earlier;
        }

        var branch = request.ConversationId is { } conversationId
            ? await conversations.FindBranchAsync(request.Caller, conversationId, request.ParentMessageId, cancellationToken)
                ?? throw RequestProblem.NotFound("conversation_id", "There is no such conversation.")
            : Branch.New;
        var agent = await FindAgentAsync(request, branch, cancellationToken);
        var model = await FindModelAsync(request, agent, cancellationToken);

        var start = Compose(request, requestHash, branch, agent, model);
        var run = new LiveRun(writer, start);
        if (!registry.TryAdd(run))
            throw new RequestProblem(429, "too_many_runs", "Too many answers are being written at once. Wait for one to finish and try again.") { RetryAfter = TimeSpan.FromSeconds(2) };
        var started = new StartedRun(run.Id, run.ConversationId, start.UserMessage.Id, run.MessageId, run.Agent, run.Model);
        run.Begin(JsonSerializer.Serialize(
            new RunStartedData(started.RunId, started.ConversationId, started.UserMessageId, started.MessageId, started.Agent, started.Model),
            RunEventJson.Default.RunStartedData));
        try
        {
            // Not cancellable: once it is queued it will be stored, whether or not somebody still waits for it.
            await run.Started;
        }
        catch (Exception e)
        {
            // With a key it may be that a parallel send was first.
            if (requestHash != null && await FindByKeyAsync(request, requestHash, cancellationToken) is { } earlier)
                return earlier;
            LogNotStored(run.Id, e);
            throw NotStored();
        }
        executor.Start(run, model, MessagesFor(agent, branch, request.Input), OptionsFor(agent, model));
        feed.Publish(run.OwnerId, run.ConversationId, ConversationChange.Updated);
        return started;
    }

    /// <summary>Asks a run to stop; its partial text is kept. True also when it had already ended; false when the caller has no such run.</summary>
    public async Task<bool> CancelAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken)
    {
        if (!await OwnsAsync(caller, runId, cancellationToken))
            return false;
        executor.Stop(runId, RunStop.Cancelled);
        return true;
    }

    /// <summary>Where the run's log ends; null when the caller has no such run.</summary>
    public async ValueTask<RunLogEnd?> FindEndAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken)
    {
        if (registry.TryGet(runId, out var live))
            return live.OwnerId == caller.Id ? RunLogEnd.Open : null;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var run = await db.Runs.Where(r => r.Id == runId && r.OwnerId == caller.Id).Select(r => new { r.FinishedAt }).SingleOrDefaultAsync(cancellationToken);
        if (run == null)
            return null;
        if (run.FinishedAt == null)
            return RunLogEnd.Open;
        return new RunLogEnd(await db.RunEvents.Where(e => e.RunId == runId).MaxAsync(e => (long?)e.LastSeq, cancellationToken) ?? 0);
    }

    private async ValueTask<bool> OwnsAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken)
    {
        if (registry.TryGet(runId, out var live))
            return live.OwnerId == caller.Id;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Runs.AnyAsync(r => r.Id == runId && r.OwnerId == caller.Id, cancellationToken);
    }

    /// <summary>The run, or null when the caller has no such run. While it is going, the output is what is durable so far.</summary>
    public async Task<RunView?> FindAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await (
            from run in db.Runs.AsNoTracking()
            join message in db.Messages.AsNoTracking() on run.MessageId equals message.Id
            join usage in db.Usage.AsNoTracking() on run.Id equals usage.RunId into usages
            from usage in usages.DefaultIfEmpty()
            where run.Id == runId && run.OwnerId == caller.Id
            select new { run, message.Content, message.Reasoning, usage }).SingleOrDefaultAsync(cancellationToken);
        if (found == null)
            return null;
        var (text, reasoning) = (found.Content, found.Reasoning);
        if (found.run.FinishedAt == null && registry.TryGet(runId, out var live))
            (text, reasoning) = RunTranscript.Of(live.Published.Events());
        var r = found.run;
        return new RunView(
            r.Id, r.ConversationId, r.UserMessageId, r.MessageId, r.Agent, r.Model, r.Status.ToString().ToLowerInvariant(), r.FinishReason,
            r.ErrorCode == null ? null : new RunError(r.ErrorCode, r.ErrorMessage ?? ""), text, reasoning,
            found.usage is { } u ? new UsageData(u.InputTokens, u.OutputTokens, u.CachedInputTokens, u.ReasoningTokens, u.Estimated) : null,
            r.CreatedAt, r.FinishedAt);
    }

    private void Validate(RunRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Input))
            throw RequestProblem.Invalid("input", "The input is empty. Write a message.");
        if (request.Input.Length > _options.MaxInputChars)
            throw RequestProblem.Invalid("input", $"The input has {request.Input.Length:N0} characters; at most {_options.MaxInputChars:N0} are allowed. Shorten it.");
        if (request.ParentMessageId != null && request.ConversationId == null)
            throw RequestProblem.Invalid("parent_message_id", "A parent message needs its conversation_id.");
        if (request.IdempotencyKey is { Length: 0 or > 200 })
            throw RequestProblem.Invalid("idempotency_key", "An idempotency key has 1 to 200 characters.");
        if (request.Metadata is { Length: > 16_384 })
            throw RequestProblem.Invalid("metadata", "The metadata are longer than 16 KB.");
    }

    private async ValueTask<AgentProfile> FindAgentAsync(RunRequest request, Branch branch, CancellationToken cancellationToken)
    {
        string? slug = request.Agent ?? branch.Agent;
        return await agents.FindAsync(slug, cancellationToken)
            ?? throw (slug != null
                ? RequestProblem.NotFound("agent", $"There is no agent \"{Shorten(slug)}\".")
                : new RequestProblem(503, "no_agent", "There is no default agent. Create one: agents add --slug NAME --model provider/name --default", "agent"));
    }

    private async ValueTask<ModelTarget> FindModelAsync(RunRequest request, AgentProfile agent, CancellationToken cancellationToken)
    {
        string? address = request.Model ?? agent.Model;
        return await models.FindAsync(address, cancellationToken)
            ?? throw (request.Model != null
                ? RequestProblem.NotFound("model", $"There is no model \"{Shorten(request.Model)}\".")
                : new RequestProblem(503, "no_model", address == null
                    ? "There is no default model. Add one: models add --provider SLUG --name NAME --default"
                    : $"The agent's model \"{address}\" is not available.", "model"));
    }

    private RunStart Compose(RunRequest request, byte[]? requestHash, Branch branch, AgentProfile agent, ModelTarget model)
    {
        var now = time.GetUtcNow();
        var at = now.UtcDateTime;
        var conversationId = request.ConversationId ?? Guid.CreateVersion7(now);
        var question = new Message
        {
            Id = Guid.CreateVersion7(now), ConversationId = conversationId, ParentId = branch.LeafId,
            Role = MessageRole.User, Status = MessageStatus.Completed, Content = request.Input, Metadata = request.Metadata, CreatedAt = at,
        };
        var run = new Run
        {
            Id = Guid.CreateVersion7(now), OwnerId = request.Caller.Id, ConversationId = conversationId, UserMessageId = question.Id,
            MessageId = Guid.CreateVersion7(now), AgentRevisionId = agent.RevisionId, Agent = agent.Slug, Model = model.Address,
            Status = RunStatus.Running, LeaseOwner = lease.Owner, LeaseExpiresAt = at + _options.Lease, CreatedAt = at,
        };
        var answer = new Message
        {
            Id = run.MessageId, ConversationId = conversationId, ParentId = question.Id,
            Role = MessageRole.Assistant, Status = MessageStatus.Streaming, Content = "", RunId = run.Id, CreatedAt = at,
        };
        var conversation = request.ConversationId != null ? null : new Conversation
        {
            Id = conversationId, OwnerId = request.Caller.Id, Title = ConversationTitle.From(request.Input), AgentId = agent.Id,
            ActiveLeafId = answer.Id, CreatedAt = at, UpdatedAt = at,
        };
        var key = requestHash == null ? null : new IdempotencyKey
        {
            OwnerId = request.Caller.Id, Key = request.IdempotencyKey!, RequestHash = requestHash, RunId = run.Id, CreatedAt = at,
        };
        return new RunStart(run, conversation, question, answer, key);
    }

    private static List<ChatMessage> MessagesFor(AgentProfile agent, Branch branch, string input)
    {
        var messages = new List<ChatMessage>(branch.Messages.Count + 2);
        if (agent.Prompt.Length > 0)
            messages.Add(new ChatMessage(ChatRole.System, agent.Prompt));
        foreach (var (role, content) in branch.Messages)
        {
            // Providers refuse empty messages; an answer that failed before its first token has none.
            if (content.Length > 0)
                messages.Add(new ChatMessage(role == MessageRole.User ? ChatRole.User : ChatRole.Assistant, content));
        }
        messages.Add(new ChatMessage(ChatRole.User, input));
        return messages;
    }

    private static ChatOptions OptionsFor(AgentProfile agent, ModelTarget model) => new()
    {
        ModelId = model.ModelName,
        Temperature = (float?)agent.Temperature,
        TopP = (float?)agent.TopP,
        MaxOutputTokens = agent.MaxOutputTokens,
    };

    /// <summary>The run that this key started. 422 where it was used for another request.</summary>
    private async Task<StartedRun?> FindByKeyAsync(RunRequest request, byte[] requestHash, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await (
            from key in db.IdempotencyKeys.AsNoTracking()
            join run in db.Runs.AsNoTracking() on key.RunId equals run.Id
            where key.OwnerId == request.Caller.Id && key.Key == request.IdempotencyKey
            select new { key.RequestHash, run }).SingleOrDefaultAsync(cancellationToken);
        if (found == null)
            return null;
        if (!found.RequestHash.AsSpan().SequenceEqual(requestHash))
            throw new RequestProblem(422, "idempotency_key_reused", "This idempotency key was used for another request. Use a new key.", "idempotency_key");
        var r = found.run;
        return new StartedRun(r.Id, r.ConversationId, r.UserMessageId, r.MessageId, r.Agent, r.Model, Attached: true);
    }

    private static byte[] HashOf(RunRequest request) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new string?[] { request.Input, request.ConversationId?.ToString(), request.ParentMessageId?.ToString(), request.Agent, request.Model, request.Metadata }));

    private static RequestProblem NotStored() =>
        new(503, "storage_unavailable", "The message could not be stored, so nothing was sent. Try again.") { RetryAfter = TimeSpan.FromSeconds(2) };

    private static string Shorten(string name) => name.Length <= 100 ? name : name[..100] + "…";

    [LoggerMessage(Level = LogLevel.Error, Message = "The start of run {RunId} could not be stored.")]
    private partial void LogNotStored(Guid runId, Exception e);
}
