using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Ask;

/// <summary>What a session has said, as its clients are told it.</summary>
/// <param name="AuthorName">The participant's name now, or the agent's.</param>
public sealed record AskMessage(Message Message, string AuthorName);

/// <summary>An answer that is being written.</summary>
/// <param name="Ask">The session as it is asked, with whoever has just come.</param>
/// <param name="At">When it was begun.</param>
/// <param name="Insights">What will have been found worth keeping once it is written; null where nothing was looked for, or in vain.</param>
public sealed record AskAnswer(AskDetails Ask, StartedRun Run, DateTime At, Task<IReadOnlyList<AskInsight>?> Insights);

/// <summary>
/// The conversation of a session. People's messages follow each other in the order in which they come, and each answer is a run
/// of the session's owner. One at a time changes it: between reading where it ends and writing there nobody else may write.
/// </summary>
internal sealed partial class AskConversation(
    IDbContextFactory<ChatDbContext> databases, ConversationFeed feed, RunService runs, RunViews views, RunEnds ends, AskSessions sessions, AskParticipants participants,
    AskSetup setup, AskInsights insights, IOptions<RunOptions> options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<AskConversation> logger)
{
    /// <summary>What clients of the Ask API call whoever answers.</summary>
    public const string AgentName = "Agent";

    private readonly AskTurns _turns = new();

    /// <summary>What was said, first things first; an answer that has no text yet is not among it.</summary>
    public async Task<IReadOnlyList<AskMessage>> ListAsync(AskDetails ask, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var path = await PathAsync(db, ask.Session, cancellationToken);
        return [.. path.Where(m => m.Content.Length > 0).Select(m => new AskMessage(m, AskPrompt.NameOf(ask, m)))];
    }

    /// <summary>Something has changed about the session or what was said in it: load again.</summary>
    public async IAsyncEnumerable<ConversationChange> WatchAsync(AskSession session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (id, change) in feed.WatchAsync(session.OwnerId, cancellationToken))
        {
            if (id == session.ConversationId)
                yield return change;
        }
    }

    /// <summary>Stores what somebody says.</summary>
    /// <returns>The stored message; with <see cref="AskSpeech.OnlyIfNew"/> it may be an older one that says the same.</returns>
    /// <exception cref="RequestProblem">400 for a message that is empty or too long, 403 where they may only read.</exception>
    public async Task<AskMessage> AppendAsync(AskVisit visit, AskSpeech speech, CancellationToken cancellationToken)
    {
        visit.RequireSpeech();
        if (string.IsNullOrWhiteSpace(speech.Content))
            throw RequestProblem.Invalid("content", "Message content is required");
        if (speech.Content.Length > options.Value.MaxInputChars)
            throw RequestProblem.Invalid("content", $"The message has {speech.Content.Length:N0} characters; at most {options.Value.MaxInputChars:N0} are allowed.");
        var session = visit.Ask.Session;
        using var turn = await _turns.TakeAsync(session.Id, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (speech.OnlyIfNew && (await PathAsync(db, session, cancellationToken)).LastOrDefault(m => m.Role == MessageRole.User) is { } newest
            && newest.Content.Trim() == speech.Content.Trim())
            return new AskMessage(newest, AskPrompt.NameOf(visit.Ask, newest));
        var author = await participants.EnsureAsync(visit, speech.SenderName, cancellationToken);
        var now = time.GetUtcNow();
        var id = speech.SendId == null ? Guid.CreateVersion7(now) : IdOf(session, author, speech.SendId);
        if (speech.SendId != null && await db.Messages.AsNoTracking().SingleOrDefaultAsync(m => m.Id == id, cancellationToken) is { } stored)
            return stored.Content == StorableText.Of(speech.Content) ? new AskMessage(stored, author.Name) : throw RunKeys.Reused();
        var message = new Message
        {
            Id = id, ConversationId = session.ConversationId, Role = MessageRole.User, Content = StorableText.Of(speech.Content),
            Metadata = StorableText.Of(speech.Metadata), AuthorId = author.Id, AuthorName = author.Name, CreatedAt = now.UtcDateTime,
        };
        var conversation = await db.Conversations.SingleOrDefaultAsync(c => c.Id == session.ConversationId, cancellationToken)
            ?? throw RequestProblem.NotFound("key", "There is no session with this key.");
        (message.ParentId, conversation.ActiveLeafId, conversation.UpdatedAt) = (conversation.ActiveLeafId, message.Id, now.UtcDateTime);
        db.Messages.Add(message);
        await db.SaveChangesAsync(cancellationToken);
        feed.Publish(session.OwnerId, session.ConversationId, ConversationChange.Updated);
        return new AskMessage(message, author.Name);
    }

    /// <summary>Has the newest message answered. Who asks for that while it is being answered gets the same answer.</summary>
    /// <param name="broken">The answer at the end that broke off, to be gone on with; null to answer the newest message.</param>
    /// <exception cref="RequestProblem">400 where nobody has said anything, 403 where they may only read, and those of <see cref="AskSetup.FindAsync"/>.</exception>
    public async Task<AskAnswer> AnswerAsync(AskVisit visit, CancellationToken cancellationToken, Guid? broken = null)
    {
        visit.RequireSpeech();
        return (await AnswerAsync(visit.Ask, broken, onlyOpen: false, cancellationToken))!;
    }

    /// <summary>
    /// Says something, if there is something, and has the newest message answered. Sent again under its key, it is given the first
    /// one's answer, whatever was said since.
    /// </summary>
    /// <param name="key">Its sender's own, 1 to 200 characters; null for none.</param>
    /// <exception cref="RequestProblem">422: the key was used for something else. And those of <see cref="AppendAsync"/> and <see cref="AnswerAsync(AskVisit, CancellationToken, Guid?)"/>.</exception>
    public async Task<AskAnswer> AskAsync(AskVisit visit, AskSpeech speech, string? key, CancellationToken cancellationToken)
    {
        visit.RequireSpeech();
        RunKeys.Check(key);
        var send = key == null ? null : new AskSend(KeyOf(visit, key), speech.Content ?? "");
        if (send != null && await runs.FindEarlierAsync(send.In(visit.Ask), cancellationToken) is { } earlier)
            return await FindAnswerAsync(visit.Ask, earlier.RunId, cancellationToken);
        if (!string.IsNullOrWhiteSpace(speech.Content))
            await AppendAsync(visit, speech with { SendId = key }, cancellationToken);
        return (await AnswerAsync(visit.Ask, null, onlyOpen: false, cancellationToken, send))!;
    }

    // The run is the owner's, and so is its key: each of the others has keys of their own among the owner's.
    private static string KeyOf(AskVisit visit, string key) => "ask-" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{visit.Ask.Session.Id} {visit.User?.Id ?? visit.Person?.Id} {key}")));

    /// <summary>What may be sent again, under a key of the session's owner.</summary>
    private sealed record AskSend(string Key, string Text)
    {
        public RunRequest In(AskDetails ask) => new(ask.Owner, Input: null) { IdempotencyKey = Key, Sent = Text };
    }

    /// <summary>An answer of the session, be it whole or still being written.</summary>
    /// <exception cref="RequestProblem">404: the session has no such answer. 410: its events are no longer kept.</exception>
    public async Task<AskAnswer> FindAnswerAsync(AskDetails ask, Guid runId, CancellationToken cancellationToken)
    {
        var run = await views.FindAsync(ask.Owner, runId, cancellationToken);
        if (run?.ConversationId != ask.Session.ConversationId || await views.FindEndAsync(ask.Owner, runId, cancellationToken) is not { } end)
            throw RequestProblem.NotFound("id", "There is no such answer.");
        return end.LastSeq == null ? throw new RequestProblem(410, "events_deleted", "The events of this answer are no longer kept.", "id") : Attached(ask, run);
    }

    private AskAnswer Attached(AskDetails ask, RunView run)
    {
        var started = new StartedRun(run.Id, run.ConversationId, run.UserMessageId, run.MessageId, run.Agent, run.Model, Attached: true);
        return new AskAnswer(ask, started, run.CreatedAt, insights.Follow(ask, started));
    }

    /// <summary>Says something and has it answered: at once, or when the answer that is being written has ended.</summary>
    /// <returns>Why no answer comes, though the message is stored; null where one does.</returns>
    /// <exception cref="RequestProblem">As <see cref="AppendAsync"/>.</exception>
    public async Task<RequestProblem?> SayAsync(AskVisit visit, AskSpeech speech, CancellationToken cancellationToken)
    {
        await AppendAsync(visit, speech, cancellationToken);
        if (await views.FindActiveAsync(visit.Ask.Owner, visit.Ask.Session.ConversationId, cancellationToken) is { } running)
        {
            _ = AnswerAfterAsync(visit.Ask, running.Id);
            return null;
        }
        try
        {
            await AnswerAsync(visit.Ask, null, onlyOpen: true, cancellationToken);
            return null;
        }
        catch (RequestProblem problem)
        {
            return problem;
        }
    }

    /// <summary>Stops the answer that is being written. What had arrived is kept.</summary>
    /// <exception cref="RequestProblem">403 where they may only read.</exception>
    public async Task StopAsync(AskVisit visit, Guid runId, CancellationToken cancellationToken)
    {
        visit.RequireSpeech();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Runs.AnyAsync(r => r.Id == runId && r.ConversationId == visit.Ask.Session.ConversationId, cancellationToken))
            await runs.CancelAsync(visit.Ask.Owner, runId, cancellationToken);
    }

    /// <param name="onlyOpen">Whether nothing is to be done where the newest message has an answer, be it begun: then null.</param>
    private async Task<AskAnswer?> AnswerAsync(AskDetails ask, Guid? broken, bool onlyOpen, CancellationToken cancellationToken, AskSend? send = null)
    {
        await WaitForEarlierAsync(ask, cancellationToken);
        using var turn = await _turns.TakeAsync(ask.Session.Id, cancellationToken);
        ask = await sessions.RequireAsync(ask.Session.Key, cancellationToken);
        var session = ask.Session;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var path = await PathAsync(db, session, cancellationToken);
        var question = path.LastOrDefault(m => m.Role == MessageRole.User) ?? throw RequestProblem.Invalid("content", "Message content is required");
        if (onlyOpen && path[^1].Role == MessageRole.Assistant)
            return null;
        if (broken != null && path[^1].Id != broken)
            throw new RequestProblem(409, "not_the_last", "Something was said since. Ask again.", "parent_message_id");
        // It goes on as it was begun, whatever was changed about the session or its agent since.
        if (await views.FindActiveAsync(ask.Owner, session.ConversationId, cancellationToken) is { } running && running.UserMessageId == question.Id)
        {
            if (send != null)
                await runs.AttachAsync(send.In(ask), running.Id, cancellationToken);
            return Attached(ask, running);
        }
        var answerer = await setup.FindAsync(session, cancellationToken);
        // Whoever asks before this answer has ended names the same one; whoever asks afterwards wants another.
        int ended = await db.Messages.CountAsync(
            m => m.ParentId == question.Id && m.Role == MessageRole.Assistant && m.Status != MessageStatus.Streaming, cancellationToken);
        var run = await runs.StartAsync(
            new RunRequest(ask.Owner, Input: null)
            {
                ConversationId = session.ConversationId, ParentMessageId = broken ?? question.Id, Agent = answerer.Agent.Slug, Model = answerer.Model,
                SystemPrompt = session.SystemPrompt, Variables = AskPrompt.Variables(ask, path, await insights.ListAsync(session, cancellationToken)),
                IdempotencyKey = send?.Key ?? $"ask-{broken ?? question.Id:n}-{ended}-{session.UpdatedAt.Ticks}", Sent = send?.Text,
            },
            cancellationToken);
        var at = await db.Messages.Where(m => m.Id == run.MessageId).Select(m => m.CreatedAt).SingleAsync(cancellationToken);
        return new AskAnswer(ask, run, at, insights.Follow(ask, run));
    }

    /// <summary>An answer to an earlier message is part of what the model is told for the newest one.</summary>
    private async Task WaitForEarlierAsync(AskDetails ask, CancellationToken cancellationToken)
    {
        if (await views.FindActiveAsync(ask.Owner, ask.Session.ConversationId, cancellationToken) is not { } running)
            return;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            if (running.UserMessageId == (await PathAsync(db, ask.Session, cancellationToken)).LastOrDefault(m => m.Role == MessageRole.User)?.Id)
                return;
        }
        using var patience = new CancellationTokenSource(options.Value.TurnTimeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await ends.WaitAsync(ask.Owner, running.Id, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RequestProblem(409, "run_in_progress", "The answer before it is still being written. Wait for it, then ask again.");
        }
    }

    private async Task AnswerAfterAsync(AskDetails ask, Guid runId)
    {
        var stopping = lifetime.ApplicationStopping;
        try
        {
            await ends.WaitAsync(ask.Owner, runId, stopping);
            await AnswerAsync(ask, null, onlyOpen: true, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The message is stored; whoever comes next may have it answered.
        }
        // Nobody waits for this any more: the page shows the message without an answer.
        catch (Exception e)
        {
            LogNotAnswered(ask.Session.Key, e);
        }
    }

    /// <summary>The path to the active leaf, root first.</summary>
    public static async Task<IReadOnlyList<Message>> PathAsync(ChatDbContext db, AskSession session, CancellationToken cancellationToken)
    {
        var leaf = await db.Conversations.Where(c => c.Id == session.ConversationId).Select(c => c.ActiveLeafId).SingleOrDefaultAsync(cancellationToken);
        return leaf is { } id
            ? MessagePath.RootFirst(await MessagePath.Of(db, session.ConversationId, id).ToListAsync(cancellationToken), id, m => m.Id, m => m.ParentId)
            : [];
    }

    // Made here from what the browser says, so that nobody can name another's message.
    private static Guid IdOf(AskSession session, AskPerson author, string sendId) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{session.Id} {author.Id} {sendId}")).AsSpan(0, 16));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The newest message of session {Key} could not be answered.")]
    private partial void LogNotAnswered(string key, Exception e);
}
