using System.Collections.Concurrent;
using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Runs;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Ask;

/// <summary>
/// Keeps what is worth keeping of a session: after each answer an agent of its own is asked what it finds. Where there is no such
/// agent nothing is looked for, and where it fails the answer stands as it is.
/// </summary>
internal sealed partial class AskInsights(
    IDbContextFactory<ChatDbContext> databases, AgentCatalog agents, AgentCalls calls, IRunReader reader, TimeProvider time,
    IHostApplicationLifetime lifetime, ILogger<AskInsights> logger)
{
    private readonly AskTurns _turns = new();
    private readonly ConcurrentDictionary<Guid, Lazy<Task<IReadOnlyList<AskInsight>?>>> _following = new();

    /// <summary>What was kept, oldest first.</summary>
    public async Task<IReadOnlyList<AskInsight>> ListAsync(AskSession session, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.AskInsights.AsNoTracking().Where(i => i.SessionId == session.Id).OrderBy(i => i.CreatedAt).ThenBy(i => i.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Looks for insights when the run has ended, whether or not anybody still waits for it. All who ask share one search.</summary>
    public Task<IReadOnlyList<AskInsight>?> Follow(AskDetails ask, StartedRun run)
    {
        // A run that somebody else started is followed already, or has been.
        if (run.Attached)
            return _following.TryGetValue(run.RunId, out var search) ? search.Value : Task.FromResult<IReadOnlyList<AskInsight>?>(null);
        return _following.GetOrAdd(run.RunId, id => new(() => Task.Run(() => FollowAsync(ask, id)))).Value;
    }

    private async Task<IReadOnlyList<AskInsight>?> FollowAsync(AskDetails ask, Guid runId)
    {
        var stopping = lifetime.ApplicationStopping;
        try
        {
            if (await agents.FindAsync(AskSetup.InsightAgent, stopping) == null)
                return null;
            RunEvent? last = null;
            await foreach (var e in reader.ReadAsync(runId, 0, cancellationToken: stopping))
                last = e;
            return last?.Kind == RunEventKind.RunFinished && last.ReadRunFinished().Status == "completed"
                ? await DetectAsync(ask, runId, stopping)
                : null;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        // Insights are an addition: whatever goes wrong with them, the conversation goes on.
        catch (Exception e)
        {
            LogFailed(ask.Session.Key, e);
            return null;
        }
        finally
        {
            _following.TryRemove(runId, out _);
        }
    }

    /// <summary>
    /// Asks the agent now. Null where there is none, or where it fails: the log says why; and on demand, where nothing was said
    /// since it was asked last.
    /// </summary>
    /// <param name="runId">The answer after which it is asked; null for none.</param>
    public async Task<IReadOnlyList<AskInsight>?> DetectAsync(AskDetails ask, Guid? runId, CancellationToken cancellationToken)
    {
        if (await agents.FindAsync(AskSetup.InsightAgent, cancellationToken) == null)
            return null;
        var session = ask.Session;
        using var turn = await _turns.TakeAsync(session.Id, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var path = await AskConversation.PathAsync(db, session, cancellationToken);
        // Each call costs, and whoever may speak may demand one.
        if (runId == null && await IsUpToDateAsync(db, session, path, cancellationToken))
            return null;
        var kept = await db.AskInsights.Where(i => i.SessionId == session.Id).ToListAsync(cancellationToken);
        try
        {
            string answer = await calls.AskAsync(
                new AgentQuestion(AskSetup.InsightAgent, Purpose, AskInsightReader.Question(ask, path, kept))
                {
                    Conversation = (session.ConversationId, session.OwnerId), RunId = runId, Variables = AskPrompt.Variables(ask, path, kept),
                },
                cancellationToken);
            Upsert(db, ask, path, kept, AskInsightReader.Read(answer));
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (Exception e) when (e is RequestProblem or ProviderException or FormatException)
        {
            LogFailed(session.Key, e);
            return null;
        }
        return await ListAsync(session, cancellationToken);
    }

    private static async Task<bool> IsUpToDateAsync(ChatDbContext db, AskSession session, IReadOnlyList<Message> path, CancellationToken cancellationToken)
    {
        var asked = await db.AgentCalls.Where(c => c.ConversationId == session.ConversationId && c.Purpose == Purpose && c.Status == AgentCallStatus.Completed)
            .MaxAsync(c => (DateTime?)c.CreatedAt, cancellationToken);
        var said = path.Count == 0 ? DateTime.MinValue : path[^1].CreatedAt;
        var answered = await db.Runs.Where(r => r.ConversationId == session.ConversationId).MaxAsync(r => r.FinishedAt, cancellationToken);
        return asked > said && !(answered > asked);
    }

    private void Upsert(ChatDbContext db, AskDetails ask, IReadOnlyList<Message> path, List<AskInsight> kept, IReadOnlyList<FoundInsight> found)
    {
        var at = time.GetUtcNow().UtcDateTime;
        var newest = path.LastOrDefault(m => m.Role == MessageRole.User);
        foreach (var insight in found)
        {
            var row = kept.Find(i => i.Id == insight.Id)
                ?? kept.Find(i => string.Equals(i.Content, insight.Content, StringComparison.OrdinalIgnoreCase));
            if (row == null)
            {
                var source = path.FirstOrDefault(m => m.Id == insight.SourceMessageId) ?? newest;
                row = new AskInsight
                {
                    Id = Guid.CreateVersion7(time.GetUtcNow()), SessionId = ask.Session.Id, Content = insight.Content, Type = insight.Type,
                    // Those of one search in their order: ids of one millisecond are in none.
                    CreatedAt = at.AddTicks(kept.Count),
                    SourceMessageId = source?.Id,
                };
                string? author = insight.AuthorName ?? (source == null ? null : AskPrompt.NameOf(ask, source));
                var person = ask.People.FirstOrDefault(p => string.Equals(p.Name, author, StringComparison.OrdinalIgnoreCase));
                (row.AuthorId, row.AuthorName) = (person?.Id, person?.Name ?? author);
                kept.Add(row);
                db.AskInsights.Add(row);
            }
            (row.Content, row.Type, row.UpdatedAt) = (insight.Content, insight.Type, at);
            (row.Summary, row.Category) = (insight.Summary ?? row.Summary, insight.Category ?? row.Category);
            (row.Status, row.Priority, row.Kpis) = (insight.Status ?? row.Status, insight.Priority ?? row.Priority, insight.Kpis ?? row.Kpis);
        }
    }

    private const string Purpose = "insights";

    [LoggerMessage(Level = LogLevel.Warning, Message = "The insights of session {Key} could not be looked for.")]
    private partial void LogFailed(string key, Exception e);
}
