using System.Text.Json;
using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Providers;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>Starts and stops runs; <see cref="RunViews"/> shows them.</summary>
internal sealed partial class RunService(
    IDbContextFactory<ChatDbContext> databases, AgentCatalog agents, ModelCatalog models, ConversationService conversations, ConversationFeed feed,
    RunComposer composer, RunMedia media, RunKeys keys, RunSlots slots, RunLogWriter writer, RunRegistry registry, RunExecutor executor,
    IOptions<RunOptions> options, TimeProvider time, ILogger<RunService> logger)
{
    private readonly RunOptions _options = options.Value;

    /// <summary>
    /// Stores question (unless it is stored already), answer's placeholder and run in one transaction and begins executing; returns
    /// once that is durable. A repeated send is given the run of the first one.
    /// </summary>
    /// <exception cref="RequestProblem">The request is at fault, or the server can take no more.</exception>
    public async Task<StartedRun> StartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        Validate(request);
        request = request.Storable();
        // Of the request as it came: what the first send has created must not make the second one another request.
        var claim = keys.ClaimFor(request);
        for (long since = time.GetTimestamp(); ;)
        {
            var send = request;
            try
            {
                if (claim == null)
                    return await StartNewAsync(send, null, cancellationToken);
                using var turn = await keys.EnterAsync(request.Caller.Id, claim.Key, cancellationToken);
                var earlier = await keys.FindAsync(request, claim, cancellationToken);
                if (earlier is { MayRunAgain: false })
                    return earlier.Run;
                send = earlier?.Again(request) ?? request;
                return await StartUnderKeyAsync(request, send, claim with { Replaces = earlier?.Run.RunId }, cancellationToken);
            }
            // Waits without the turn of its key, which strangers' keys share.
            catch (RequestProblem problem) when (problem.Code == InProgress && request.WaitsForTurn && time.GetElapsedTime(since) < _options.TurnTimeout)
            {
                await WaitForAnswerAsync(send, _options.TurnTimeout - time.GetElapsedTime(since), cancellationToken);
            }
        }
    }

    private async Task<StartedRun> StartUnderKeyAsync(RunRequest request, RunRequest send, KeyClaim claim, CancellationToken cancellationToken)
    {
        try
        {
            return await StartNewAsync(send, claim, cancellationToken);
        }
        catch (RequestProblem)
        {
            // Another process may have been first.
            if (await keys.FindAsync(request, claim, cancellationToken) is { IsGone: false } first && first.Run.RunId != claim.Replaces)
                return first.Run;
            throw;
        }
    }

    /// <summary>The run that an earlier send of the request started under its key; null when there is none, or when it may run again.</summary>
    /// <exception cref="RequestProblem">422: the key was used for another request.</exception>
    public async Task<StartedRun?> FindEarlierAsync(RunRequest request, CancellationToken cancellationToken) =>
        keys.ClaimFor(request) is { } claim && await keys.FindAsync(request, claim, cancellationToken) is { MayRunAgain: false } earlier ? earlier.Run : null;

    /// <summary>Gives the request the run that answers it already: sent again under its key, it finds it.</summary>
    public Task AttachAsync(RunRequest request, Guid runId, CancellationToken cancellationToken) =>
        keys.ClaimFor(request) is { } claim ? keys.AttachAsync(request.Caller.Id, claim, runId, cancellationToken) : Task.CompletedTask;

    /// <summary>Until the conversation's answer has ended, or the patience has.</summary>
    private async Task WaitForAnswerAsync(RunRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var conversation = request.ConversationId
            ?? await conversations.FindByExternalIdAsync(request.Caller, request.Origin!.Source, request.Origin.ExternalId!, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var active = await db.Runs.Where(r => r.ConversationId == conversation && r.OwnerId == request.Caller.Id && r.FinishedAt == null)
            .OrderByDescending(r => r.CreatedAt).Select(r => r.Id).FirstOrDefaultAsync(cancellationToken);
        // One that another process executes is looked at again and again.
        var ended = registry.TryGet(active, out var live) ? live.Ended : Task.Delay(TurnPoll, time, cancellationToken);
        await Task.WhenAny(ended, Task.Delay(patience, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<StartedRun> StartNewAsync(RunRequest request, KeyClaim? key, CancellationToken cancellationToken)
    {
        if (request is { ConversationId: null, Origin: { ExternalId: { } externalId } origin })
            request = request with { ConversationId = await conversations.FindByExternalIdAsync(request.Caller, origin.Source, externalId, cancellationToken) };
        var branch = request.ConversationId is { } conversationId
            ? await conversations.FindBranchAsync(request.Caller, conversationId, request.ParentMessageId, cancellationToken)
                ?? throw RequestProblem.NotFound("conversation_id", "There is no such conversation.")
            : Branch.New;
        if (request.StartsOver)
            branch = branch with { Leaf = null, Messages = [] };
        if (request.Input == null && !await CanAnswerAgainAsync(branch.Leaf, cancellationToken))
            throw RequestProblem.Invalid("parent_message_id", "Without an input, this must be a question to answer again or an answer that broke off.");
        var agent = await FindAgentAsync(request, branch, cancellationToken);
        var model = await FindModelAsync(request, agent, cancellationToken);
        if (model.Vision == false && request.Attachments.Count > 0 && await media.HasImagesAsync(request.Caller.Id, request.Attachments, cancellationToken))
            throw new RequestProblem(400, "no_vision", $"The model {model.ModelName} can't look at images. Send the message without them, or choose another model.", "attachments");
        var (call, continued) = RunComposer.CallFor(request, branch, agent, model);
        string title = request is { ConversationId: null } && string.IsNullOrWhiteSpace(request.Input) ? await media.TitleAsync(request.Caller.Id, request.Attachments, cancellationToken) : "";
        var start = composer.Compose(request, key, branch, agent, model, title) with
        {
            // Answers to a parent that was named may be given side by side.
            Follows = request is { ConversationId: not null, ParentMessageId: null, StartsOver: false } ? new BranchEnd(branch.Leaf?.Id) : null,
        };
        var slot = slots.Take(request.Caller.Id);
        var (execution, started) = Begin(start, slot);
        var run = execution.Run;
        try
        {
            // Not cancellable: once it is queued it will be stored, whether or not somebody still waits for it.
            await run.Started;
        }
        catch (Exception e)
        {
            executor.Remove(execution);
            if (e is BranchTakenException)
                throw new RequestProblem(409, InProgress, "Another message was sent in this conversation at the same moment. Wait for its answer, or stop it first.", "conversation_id");
            // A parallel send may just have begun the conversation of that name.
            if (request is { ConversationId: null, Origin: { ExternalId: { } name, Source: var source } }
                && await conversations.FindByExternalIdAsync(request.Caller, source, name, cancellationToken) != null)
                return await StartNewAsync(request, key, cancellationToken);
            LogNotStored(run.Id, e);
            throw NotStored();
        }
        executor.Start(execution, slot, model, slot.Turn.IsCompleted ? Composed(call) : composer.ComposeLater(request, start, branch, agent, model), continued);
        feed.Publish(run.OwnerId, run.ConversationId, ConversationChange.Updated);
        return started;
    }

    // Apart, so that it keeps nothing else of the start in memory.
    private static Func<CancellationToken, Task<ModelCall>> Composed(ModelCall call) => _ => Task.FromResult(call);

    /// <summary>Whether it is a question, or an answer that is not whole.</summary>
    private async ValueTask<bool> CanAnswerAgainAsync(BranchLeaf? leaf, CancellationToken cancellationToken)
    {
        if (leaf is not { Role: MessageRole.Assistant, Status: MessageStatus.Completed })
            return leaf is { Role: MessageRole.User } or { ParentId: not null };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Runs.AnyAsync(r => r.MessageId == leaf.Id && r.FinishReason == "length", cancellationToken);
    }

    /// <summary>Queues the run's first commit. From here on the run's log gives the slot back.</summary>
    private (RunExecution Execution, StartedRun Started) Begin(RunStart start, RunSlot slot)
    {
        var run = new LiveRun(writer, start);
        registry.Add(run, slot);
        var execution = executor.Add(run);
        var started = new StartedRun(run.Id, run.ConversationId, start.Run.UserMessageId, run.MessageId, run.Agent, run.Model);
        run.Append(RunEventKind.RunStarted, 0, JsonSerializer.Serialize(
            new RunStartedData(started.RunId, started.ConversationId, started.UserMessageId, started.MessageId, started.Agent, started.Model),
            RunEventJson.Default.RunStartedData));
        if (slots.PositionOf(slot) is { } position)
            run.Append(RunEventKind.RunQueued, 0, JsonSerializer.Serialize(new RunQueuedData(position), RunEventJson.Default.RunQueuedData));
        return (execution, started);
    }

    /// <summary>Asks a run to stop; its partial text is kept. True also when it had already ended; false when the caller has no such run.</summary>
    public async Task<bool> CancelAsync(CurrentUser caller, Guid runId, CancellationToken cancellationToken)
    {
        if (registry.TryGet(runId, out var live))
        {
            if (live.OwnerId != caller.Id)
                return false;
            executor.Stop(runId, RunStop.Cancelled);
            return true;
        }
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await db.OwnRuns(caller).AnyAsync(r => r.Id == runId, cancellationToken))
            return false;
        // Another process executes it, and looks here.
        var now = time.GetUtcNow().UtcDateTime;
        await db.Runs.Where(r => r.Id == runId && r.FinishedAt == null && r.CancelRequestedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.CancelRequestedAt, now), cancellationToken);
        return true;
    }

    private void Validate(RunRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Input) && (request.Input == null ? request.ParentMessageId == null : request.Attachments.Count == 0))
            throw RequestProblem.Invalid("input", "The input is empty. Write a message.");
        if (request.Input?.Length > _options.MaxInputChars)
            throw RequestProblem.Invalid("input", $"The input has {request.Input.Length:N0} characters; at most {_options.MaxInputChars:N0} are allowed. Shorten it.");
        if (request.ParentMessageId != null && request.ConversationId == null)
            throw RequestProblem.Invalid("parent_message_id", "A parent message needs its conversation_id.");
        if (request.StartsOver && (request.Input == null || request.ParentMessageId != null))
            throw RequestProblem.Invalid("parent_message_id", "A new beginning has an input and no parent message.");
        RunKeys.Check(request.IdempotencyKey);
        if (request.Metadata != null && request.Input == null)
            throw RequestProblem.Invalid("metadata", "Metadata belong to a new question; this one is stored already.");
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

    private const string InProgress = "run_in_progress";
    private static readonly TimeSpan TurnPoll = TimeSpan.FromMilliseconds(250);

    private static RequestProblem NotStored() =>
        new(503, "storage_unavailable", "The message could not be stored, so nothing was sent. Try again.") { RetryAfter = TimeSpan.FromSeconds(2) };

    private static string Shorten(string name) => name.Length <= 100 ? name : name[..100] + "…";

    [LoggerMessage(Level = LogLevel.Error, Message = "The start of run {RunId} could not be stored.")]
    private partial void LogNotStored(Guid runId, Exception e);
}
