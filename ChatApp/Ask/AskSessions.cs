using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Ask;

/// <summary>Makes, finds and changes sessions, for the pages, the API and the command line alike.</summary>
public sealed class AskSessions(IDbContextFactory<ChatDbContext> databases, ConversationFeed feed, TimeProvider time)
{
    private const int MaxName = 200;
    private const int MaxQuestion = 4000;
    private const int MaxDescription = 10_000;
    private const int MaxPrompt = 100_000;

    /// <summary>The session with this key, whatever its case; null when there is none.</summary>
    /// <exception cref="RequestProblem">400: it cannot be a key.</exception>
    public async Task<AskDetails?> FindAsync(string? key, CancellationToken cancellationToken)
    {
        key = AskKeys.Require(key);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var session = await ByKey(db, key).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        return session == null ? null : await WithPeopleAsync(db, session, cancellationToken);
    }

    /// <exception cref="RequestProblem">400 and, where there is none, 404.</exception>
    public async Task<AskDetails> RequireAsync(string? key, CancellationToken cancellationToken) =>
        await FindAsync(key, cancellationToken) ?? throw NoSuchSession();

    /// <summary>All sessions, those used last first.</summary>
    public async Task<IReadOnlyList<AskSummary>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await (
            from s in db.AskSessions.AsNoTracking()
            join c in db.Conversations on s.ConversationId equals c.Id
            join u in db.Users on s.OwnerId equals u.Id
            orderby c.UpdatedAt descending
            select new AskSummary(s.Key, s.Name, s.Status, s.AllowAnonymous, s.Agent, s.Participants.Count, u.Email, c.UpdatedAt)).ToListAsync(cancellationToken);
    }

    /// <summary>Makes a session with its conversation.</summary>
    /// <exception cref="RequestProblem">400 for what is not valid, 404 for an unknown owner, 409 for a key that is taken.</exception>
    public async Task<AskDetails> CreateAsync(string key, AskSettings settings, Guid ownerId, CancellationToken cancellationToken)
    {
        key = AskKeys.Require(key);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await db.Users.AnyAsync(u => u.Id == ownerId, cancellationToken))
            throw RequestProblem.NotFound("owner", "There is no such account.");
        var taken = new RequestProblem(409, "conflict", $"There already is a session with the key {key}.", "key");
        if (await ByKey(db, key).AnyAsync(cancellationToken))
            throw taken;
        var now = time.GetUtcNow();
        var session = new AskSession
        {
            Id = Guid.CreateVersion7(now), Key = key, Name = "", Question = "", OwnerId = ownerId, ConversationId = Guid.CreateVersion7(now),
            CreatedAt = now.UtcDateTime,
        };
        await ApplyAsync(db, session, settings, now.UtcDateTime, cancellationToken);
        db.Conversations.Add(new Conversation
        {
            Id = session.ConversationId, OwnerId = ownerId, Title = Cut(session.Name, ConversationTitle.MaxLength), Source = ConversationSources.Ask,
            ExternalId = key, CreatedAt = now.UtcDateTime, UpdatedAt = now.UtcDateTime,
        });
        db.AskSessions.Add(session);
        db.AskParticipants.Add(new AskParticipant
        {
            Id = Guid.CreateVersion7(now), SessionId = session.Id, AccountId = ownerId, Role = AskParticipants.OwnerRole, CreatedAt = now.UtcDateTime,
        });
        await db.SaveOrThrowAsync(taken, cancellationToken);
        feed.Publish(ownerId, session.ConversationId, ConversationChange.Updated);
        return await RequireAsync(key, cancellationToken);
    }

    /// <exception cref="RequestProblem">400 for what is not valid, 404 where there is no such session.</exception>
    public Task UpdateAsync(string key, AskSettings settings, CancellationToken cancellationToken) =>
        ChangeAsync(key, (db, session, now) => ApplyAsync(db, session, settings, now, cancellationToken), cancellationToken);

    /// <summary>Opens, pauses or closes it. Closed, it can still be read.</summary>
    /// <exception cref="RequestProblem">404 where there is no such session.</exception>
    public Task SetStatusAsync(string key, AskStatus status, CancellationToken cancellationToken) =>
        ChangeAsync(key, (_, session, now) =>
        {
            (session.Status, session.UpdatedAt) = (status, now);
            return Task.CompletedTask;
        }, cancellationToken);

    /// <summary>The account that owns a session for which nobody else is named: the oldest admin who can sign in.</summary>
    /// <exception cref="RequestProblem">404: there is none.</exception>
    public async Task<Guid> FindDefaultOwnerAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Users.Where(u => u.DisabledAt == null && db.AdminIds().Contains(u.Id)).OrderBy(u => u.CreatedAt).Select(u => (Guid?)u.Id)
            .FirstOrDefaultAsync(cancellationToken)
            ?? throw RequestProblem.NotFound("owner", "There is no administrator yet who could own it. Make one: users create --email EMAIL --password PASSWORD --admin");
    }

    private async Task ChangeAsync(string key, Func<ChatDbContext, AskSession, DateTime, Task> change, CancellationToken cancellationToken)
    {
        key = AskKeys.Require(key);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var session = await ByKey(db, key).SingleOrDefaultAsync(cancellationToken) ?? throw NoSuchSession();
        await change(db, session, time.GetUtcNow().UtcDateTime);
        await db.SaveChangesAsync(cancellationToken);
        feed.Publish(session.OwnerId, session.ConversationId, ConversationChange.Updated);
    }

    private static async Task ApplyAsync(ChatDbContext db, AskSession session, AskSettings settings, DateTime now, CancellationToken cancellationToken)
    {
        string question = StorableText.Of(settings.Question.Trim());
        if (question.Length is 0 or > MaxQuestion)
            throw RequestProblem.Invalid("question", $"A question has 1 to {MaxQuestion} characters.");
        string? name = OrNull(settings.Name);
        if (name?.Length > MaxName)
            throw RequestProblem.Invalid("name", $"A name has at most {MaxName} characters.");
        if (settings.Description?.Length > MaxDescription)
            throw RequestProblem.Invalid("description", $"A description has at most {MaxDescription} characters.");
        if (settings.SystemPrompt?.Length > MaxPrompt)
            throw RequestProblem.Invalid("system_prompt", $"A prompt has at most {MaxPrompt} characters.");
        if (settings.StartsAt >= settings.EndsAt)
            throw RequestProblem.Invalid("ends_at", "The end comes after the start.");
        string? agent = OrNull(settings.Agent);
        if (agent != null && !await db.Agents.AnyAsync(a => a.Slug == agent && a.Enabled, cancellationToken))
            throw RequestProblem.Invalid("agent", $"There is no agent {agent}. Add it first: agents add --slug {agent}");
        session.Question = question;
        session.Name = name ?? ConversationTitle.From(question);
        session.Description = OrNull(settings.Description);
        session.SystemPrompt = OrNull(settings.SystemPrompt);
        session.Agent = agent;
        session.AllowAnonymous = settings.AllowAnonymous;
        (session.StartsAt, session.EndsAt, session.UpdatedAt) = (settings.StartsAt, settings.EndsAt, now);
    }

    private async Task<AskDetails> WithPeopleAsync(ChatDbContext db, AskSession session, CancellationToken cancellationToken)
    {
        var rows = await (
            from p in db.AskParticipants.AsNoTracking()
            join u in db.Users on p.AccountId equals (Guid?)u.Id into accounts
            from u in accounts.DefaultIfEmpty()
            where p.SessionId == session.Id
            orderby p.CreatedAt, p.Id
            select new { Participant = p, u.DisplayName, u.Email }).ToListAsync(cancellationToken);
        session.Participants.AddRange(rows.Select(r => r.Participant));
        var people = rows.Select((r, i) => new AskPerson(
            r.Participant.Id, r.Participant.AccountId, AskParticipants.DisplayName(r.Participant, r.DisplayName, r.Email, i + 1), r.Participant.Email ?? r.Email,
            r.Participant.Role, r.Participant.IsSpokesperson, r.Participant.IsActive, r.Participant.InviteHash != null, r.Participant.CreatedAt));
        var now = time.GetUtcNow().UtcDateTime;
        bool isOpen = session.Status == AskStatus.Active && !(now < session.StartsAt) && !(now >= session.EndsAt);
        return new AskDetails(session, [.. people], isOpen);
    }

    // The column's collation lets any case match, and lets only one of all cases in.
    private static IQueryable<AskSession> ByKey(ChatDbContext db, string key) => db.AskSessions.Where(s => s.Key == key);

    private static string? OrNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : StorableText.Of(text.Trim());

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    private static RequestProblem NoSuchSession() => RequestProblem.NotFound("key", "There is no session with this key.");
}
