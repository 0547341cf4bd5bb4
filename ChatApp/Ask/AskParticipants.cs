using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Ask;

/// <summary>Who takes part in a session.</summary>
public sealed class AskParticipants(IDbContextFactory<ChatDbContext> databases, AskSessions sessions, ConversationFeed feed, TimeProvider time)
{
    public const string OwnerRole = "owner";
    private const string DefaultRole = "participant";
    private const int MaxName = 100;

    // Anybody can become one where a session is open to all.
    private const int MaxPeople = 1000;

    /// <summary>How the others are told who somebody is.</summary>
    /// <param name="number">Their place among the participants, from 1.</param>
    internal static string DisplayName(AskParticipant participant, string? fullName, string? accountEmail, int number) =>
        new[] { participant.Name, fullName, participant.Email, accountEmail }.FirstOrDefault(n => !string.IsNullOrWhiteSpace(n)) ?? $"Participant {number}";

    /// <summary>Invites somebody. Whoever brings the token is that person.</summary>
    /// <exception cref="RequestProblem">400 for a bad name, 404 where there is no such session, 409 where it is full.</exception>
    public async Task<AskInvitation> InviteAsync(string key, string? name, string? email, CancellationToken cancellationToken)
    {
        var ask = await sessions.RequireAsync(key, cancellationToken);
        return await InviteAsync(ask, Checked(name) ?? throw RequestProblem.Invalid("name", "Give the name under which they take part."), email, cancellationToken);
    }

    /// <summary>Lets somebody who needs no invitation take part under a name; the token makes them the same person again later.</summary>
    /// <exception cref="RequestProblem">400 for a bad name, 403 where nobody may speak, 409 where the name is taken or the session full.</exception>
    public Task<AskInvitation> JoinAsync(AskVisit visit, string? name, CancellationToken cancellationToken)
    {
        visit.RequireSpeech();
        name = Checked(name) ?? throw RequestProblem.Invalid("name", "Enter a name that the others see.");
        return visit.Ask.People.Any(p => IsSame(p.Name, name))
            ? throw new RequestProblem(409, "conflict", $"Somebody here is called {name} already. Choose another name.", "name")
            : InviteAsync(visit.Ask, name, null, cancellationToken);
    }

    private async Task<AskInvitation> InviteAsync(AskDetails ask, string name, string? email, CancellationToken cancellationToken)
    {
        string token = InviteTokens.Create();
        var participant = await AddAsync(ask, row =>
        {
            (row.Name, row.Email) = (name, string.IsNullOrWhiteSpace(email) ? null : email.Trim());
            row.InviteHash = InviteTokens.Hash(token);
        }, cancellationToken);
        return new AskInvitation(participant, ask.Session.Key, token);
    }

    /// <summary>Shuts somebody out, or lets them in again.</summary>
    /// <exception cref="RequestProblem">404 where the session or the participant is not there.</exception>
    public async Task SetActiveAsync(string key, Guid participantId, bool isActive, CancellationToken cancellationToken)
    {
        var ask = await sessions.RequireAsync(key, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        int changed = await db.AskParticipants.Where(p => p.Id == participantId && p.SessionId == ask.Session.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.IsActive, isActive), cancellationToken);
        if (changed == 0)
            throw RequestProblem.NotFound("participant", "There is no such participant.");
        Tell(ask);
    }

    /// <summary>Who speaks: for the first time they become a participant.</summary>
    /// <param name="senderName">What somebody without account and invitation calls themselves; the same name is the same participant.</param>
    internal async Task<AskPerson> EnsureAsync(AskVisit visit, string? senderName, CancellationToken cancellationToken)
    {
        if (visit.Person != null)
            return visit.Person;
        string? name = visit.User == null ? Checked(senderName) : null;
        // Nobody may pass for somebody who has proved who they are.
        if (name != null && visit.Ask.People.Any(p => (p.AccountId != null || p.HasInvitation) && IsSame(p.Name, name)))
            name += " (guest)";
        var known = visit.Ask.Session.Participants.FirstOrDefault(p => visit.User is { } user
            ? p.AccountId == user.Id
            : p is { AccountId: null, InviteHash: null } && IsSame(p.Name, name));
        var id = known?.Id ?? await AddAsync(visit.Ask, row => (row.Name, row.AccountId) = (name, visit.User?.Id), cancellationToken);
        var person = visit.Ask.People.FirstOrDefault(p => p.Id == id)
            ?? (await sessions.RequireAsync(visit.Ask.Session.Key, cancellationToken)).People.First(p => p.Id == id);
        return person.IsActive ? person : throw new RequestProblem(403, "forbidden", "This session is not open to you.", "key");
    }

    private async Task<Guid> AddAsync(AskDetails ask, Action<AskParticipant> fill, CancellationToken cancellationToken)
    {
        if (ask.People.Count >= MaxPeople)
            throw new RequestProblem(409, "session_full", $"A session has at most {MaxPeople} participants.");
        var now = time.GetUtcNow();
        var row = new AskParticipant { Id = Guid.CreateVersion7(now), SessionId = ask.Session.Id, Role = DefaultRole, CreatedAt = now.UtcDateTime };
        fill(row);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.AskParticipants.Add(row);
        await db.SaveOrThrowAsync(new RequestProblem(409, "conflict", "They take part already. Try again."), cancellationToken);
        Tell(ask);
        return row.Id;
    }

    private static bool IsSame(string? name, string? other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    private void Tell(AskDetails ask) => feed.Publish(ask.Session.OwnerId, ask.Session.ConversationId, ConversationChange.Updated);

    private static string? Checked(string? name)
    {
        name = StorableText.Of(name?.Trim());
        if (name?.Length > MaxName || name?.Any(char.IsControl) == true)
            throw RequestProblem.Invalid("name", $"A name has 1 to {MaxName} characters, on one line.");
        return string.IsNullOrEmpty(name) ? null : name;
    }
}
