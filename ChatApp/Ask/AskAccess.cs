using ChatApp.Data;
using ChatApp.Identity;

namespace ChatApp.Ask;

/// <summary>Who comes to a session.</summary>
/// <param name="User">Their account; null for a guest.</param>
/// <param name="InviteToken">What they were given as an invitation; null for nothing.</param>
public sealed record AskCaller(CurrentUser? User, string? InviteToken);

/// <summary>Somebody who has been let into a session.</summary>
/// <param name="Person">Who they are there; null until they speak for the first time.</param>
/// <param name="MaySpeak">Whether they may say something now.</param>
/// <param name="MayManage">Whether they own it or administer the server.</param>
public sealed record AskVisit(AskDetails Ask, CurrentUser? User, AskPerson? Person, bool MaySpeak, bool MayManage)
{
    /// <exception cref="RequestProblem">403: they may only read.</exception>
    public void RequireSpeech()
    {
        if (!MaySpeak)
            throw new RequestProblem(403, "read_only", Ask.IsOpen ? "You may only read in this session." : "This session takes no messages now.", "key");
    }
}

/// <summary>
/// The one rule about sessions, which browser and API both ask: in come its owner, admins, participants with an account,
/// whoever brings an invitation to it, and, where it allows that, everybody. Outside its time, or while it is not active,
/// all of them may only read.
/// </summary>
public sealed class AskAccess(AskSessions sessions)
{
    /// <exception cref="RequestProblem">400: no key. 404: no such session. 401: it may help to sign in. 403: it does not.</exception>
    public async Task<AskVisit> EnterAsync(string? key, AskCaller caller, CancellationToken cancellationToken)
    {
        var ask = await sessions.FindAsync(key, cancellationToken)
            ?? throw RequestProblem.NotFound("key", "There is no session with this key.");
        return Enter(ask, caller);
    }

    /// <summary>The same for a session that was just loaded.</summary>
    /// <exception cref="RequestProblem">401: it may help to sign in. 403: it does not.</exception>
    public static AskVisit Enter(AskDetails ask, AskCaller caller)
    {
        var user = caller.User is { } u && u.Scopes.Overlaps([Scopes.Read, Scopes.Chat]) ? u : null;
        bool maySpeak = ask.IsOpen && (user == null || user.Scopes.Contains(Scopes.Chat));
        bool mayManage = user != null && (user.Id == ask.Session.OwnerId || (user.IsAdmin && user.Scopes.Contains(Scopes.Admin)));
        var person = user == null ? null : ask.People.FirstOrDefault(p => p.AccountId == user.Id);
        if (mayManage || person is { IsActive: true })
            return new AskVisit(ask, user, person, maySpeak, mayManage);
        if (caller.InviteToken != null)
        {
            var invited = ask.Session.Participants.FirstOrDefault(p => p.InviteHash is { } hash && InviteTokens.Matches(caller.InviteToken, hash));
            return invited is { IsActive: true }
                ? new AskVisit(ask, user, ask.People.First(p => p.Id == invited.Id), maySpeak, MayManage: false)
                : throw Forbidden();
        }
        if (person == null && ask.Session.AllowAnonymous)
            return new AskVisit(ask, user, null, maySpeak, MayManage: false);
        throw caller.User == null ? new RequestProblem(401, "unauthorized", "Sign in, or open the link of your invitation.") : Forbidden();
    }

    private static RequestProblem Forbidden() => new(403, "forbidden", "This session is not open to you.", "key");
}
