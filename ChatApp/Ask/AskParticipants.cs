using System.Globalization;
using System.Text.RegularExpressions;
using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Ask;

/// <summary>Who takes part in a session.</summary>
public sealed partial class AskParticipants(
    IDbContextFactory<ChatDbContext> databases, AskSessions sessions, AgentCatalog agents, ConversationFeed feed, IOptions<AccountOptions> accounts, TimeProvider time)
{
    public const string OwnerRole = "owner";
    public const string DefaultRole = "participant";

    /// <summary>What an invited person may be.</summary>
    public static readonly IReadOnlyList<string> Roles = [DefaultRole, "facilitator", "observer"];

    private const int MaxName = 100;

    // Anybody can become one where a session is open to all.
    private const int MaxPeople = 1000;
    private const int MaxGuestsPerMinute = 60;

    /// <summary>How the others are told who somebody is.</summary>
    /// <param name="number">Their place among the participants, from 1.</param>
    internal static string DisplayName(AskParticipant participant, string? fullName, string? accountEmail, int number) =>
        new[] { participant.Name, fullName, participant.Email, accountEmail }.Select(WithoutAddress).FirstOrDefault(n => n.Length > 0) ?? $"Participant {number}";

    /// <summary>Guests see names: of an address only what stands before the @, also where one was given as a name.</summary>
    private static string WithoutAddress(string? name) => Domain().Replace(name?.Trim() ?? "", "");

    [GeneratedRegex(@"(?<=\S)@[^\s>]+")]
    private static partial Regex Domain();

    /// <summary>
    /// Invites somebody. Whoever brings the token is that person. So is whoever signs in to the account of that e-mail address, where only
    /// an admin makes accounts: nobody confirms addresses, so that else anybody could have made one of the invited person's.
    /// </summary>
    /// <exception cref="RequestProblem">400 for a bad name or role, 404 where there is no such session, 409 where it is full or they take part already.</exception>
    public async Task<AskInvitation> InviteAsync(string key, AskInvitee invitee, CancellationToken cancellationToken)
    {
        var ask = await sessions.RequireAsync(key, cancellationToken);
        string name = Checked(invitee.Name) ?? throw RequestProblem.Invalid("name", "Give the name under which they take part.");
        if (!Roles.Contains(invitee.Role))
            throw RequestProblem.Invalid("role", $"The role is one of: {string.Join(", ", Roles)}.");
        return await InviteAsync(ask, invitee with { Name = name, Email = string.IsNullOrWhiteSpace(invitee.Email) ? null : invitee.Email.Trim() }, cancellationToken);
    }

    /// <summary>Lets somebody who needs no invitation take part under a name; the token makes them the same person again later.</summary>
    /// <exception cref="RequestProblem">400 for a bad name, 403 where nobody may speak, 409 where the name is taken or the session full.</exception>
    public async Task<AskInvitation> JoinAsync(AskVisit visit, string? name, CancellationToken cancellationToken)
    {
        visit.RequireSpeech();
        name = CheckedGuest(name) ?? throw RequestProblem.Invalid("name", "Enter a name that the others see.");
        return await IsAnAgentAsync(visit.Ask, name, cancellationToken) || visit.Ask.People.Any(p => GuestNames.AreAlike(p.Name, name))
            ? throw new RequestProblem(409, "conflict", $"Somebody here is called {name} already. Choose another name.", "name")
            : await InviteAsync(visit.Ask, new AskInvitee(name), cancellationToken, isGuest: visit.User == null);
    }

    // The pages call each agent by its name, clients of the Ask API all of them the same.
    private async ValueTask<bool> IsAnAgentAsync(AskDetails ask, string name, CancellationToken cancellationToken) =>
        GuestNames.AreAlike(name, AskConversation.AgentName) || (await agents.ListAsync(ask.Owner, cancellationToken)).Any(a => GuestNames.AreAlike(a.Name, name));

    private async Task<AskInvitation> InviteAsync(AskDetails ask, AskInvitee invitee, CancellationToken cancellationToken, bool isGuest = false)
    {
        string token = InviteTokens.Create();
        var account = await FindAccountAsync(invitee.Email, cancellationToken);
        var participant = await AddAsync(ask, row =>
        {
            (row.Name, row.Email, row.AccountId) = (invitee.Name, invitee.Email, account);
            (row.Role, row.IsSpokesperson) = (invitee.Role, invitee.IsSpokesperson);
            row.InviteHash = InviteTokens.Hash(token);
        }, isGuest, cancellationToken);
        return new AskInvitation(participant, ask.Session.Key, token);
    }

    private async Task<Guid?> FindAccountAsync(string? email, CancellationToken cancellationToken)
    {
        if (email == null || accounts.Value.AllowRegistration)
            return null;
        string normalized = email.ToUpperInvariant();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Users.Where(u => u.NormalizedEmail == normalized).Select(u => (Guid?)u.Id).SingleOrDefaultAsync(cancellationToken);
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
        string? name = visit.User == null ? CheckedGuest(senderName) : null;
        // Nobody may pass for an agent, or for somebody who has proved who they are.
        if (name != null && (visit.Ask.People.Any(p => (p.AccountId != null || p.HasInvitation) && GuestNames.AreAlike(p.Name, name))
            || await IsAnAgentAsync(visit.Ask, name, cancellationToken)))
            name += " (guest)";
        var known = visit.Ask.Session.Participants.FirstOrDefault(p => visit.User is { } user
            ? p.AccountId == user.Id
            : p is { AccountId: null, InviteHash: null } && IsSame(p.Name, name));
        var id = known?.Id ?? await AddAsync(visit.Ask, row => (row.Name, row.AccountId) = (name, visit.User?.Id), isGuest: visit.User == null, cancellationToken);
        var person = visit.Ask.People.FirstOrDefault(p => p.Id == id)
            ?? (await sessions.RequireAsync(visit.Ask.Session.Key, cancellationToken)).People.First(p => p.Id == id);
        return person.IsActive ? person : throw new RequestProblem(403, "forbidden", "This session is not open to you.", "key");
    }

    /// <param name="isGuest">Whether they let themselves in, without an account.</param>
    private async Task<Guid> AddAsync(AskDetails ask, Action<AskParticipant> fill, bool isGuest, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var row = new AskParticipant { Id = Guid.CreateVersion7(now), SessionId = ask.Session.Id, Role = DefaultRole, IsGuest = isGuest, CreatedAt = now.UtcDateTime };
        fill(row);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // Takes the write lock at once on SQLite: many at the same time don't get past the limits together.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var people = db.AskParticipants.Where(p => p.SessionId == ask.Session.Id);
        if (await people.CountAsync(cancellationToken) >= MaxPeople)
            throw new RequestProblem(409, "session_full", $"A session has at most {MaxPeople} participants.");
        var minute = (now - TimeSpan.FromMinutes(1)).UtcDateTime;
        if (isGuest && await people.CountAsync(p => p.IsGuest && p.CreatedAt > minute, cancellationToken) >= MaxGuestsPerMinute)
        {
            throw new RequestProblem(429, "too_many_guests", $"More than {MaxGuestsPerMinute} guests have come within a minute. Try again in a minute, or sign in.")
            {
                RetryAfter = TimeSpan.FromMinutes(1),
            };
        }
        db.AskParticipants.Add(row);
        await db.SaveOrThrowAsync(new RequestProblem(409, "conflict", "They take part already. Try again."), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Tell(ask);
        return row.Id;
    }

    private static bool IsSame(string? name, string? other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    private void Tell(AskDetails ask) => feed.Publish(ask.Session.OwnerId, ask.Session.ConversationId, ConversationChange.Updated);

    // What the others will see, so that what is compared is what they see.
    private static string? CheckedGuest(string? name)
    {
        name = Checked(name) is { } given ? Checked(WithoutAddress(given)) : null;
        if (name != null)
            GuestNames.RefuseMixedAlphabets(name);
        return name;
    }

    private static string? Checked(string? name)
    {
        name = StorableText.Of(name?.Trim());
        if (name?.Length > MaxName || name?.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format) == true)
            throw RequestProblem.Invalid("name", $"A name has 1 to {MaxName} characters, on one line.");
        return string.IsNullOrEmpty(name) ? null : name;
    }
}

/// <summary>Somebody to invite.</summary>
/// <param name="Email">Where people can't make accounts themselves, whoever has one of this address needs no token; null for none.</param>
/// <param name="Role">One of <see cref="AskParticipants.Roles"/>.</param>
public sealed record AskInvitee(string? Name, string? Email = null, string Role = AskParticipants.DefaultRole, bool IsSpokesperson = false);
