using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Identity;

namespace ChatApp.Dialects.Ask;

/// <summary>Closes the responses of those whom a session lets in no longer: shut out, or guests of one that is not open to all any more.</summary>
internal sealed class AskDoor(AskAccess access, OpenResponses open)
{
    /// <summary>Watches the response until what this gives is disposed of.</summary>
    public IDisposable Watch(HttpContext http, string key, AskCaller caller) => open.Watch(
        http, new CheckedCredential((key, caller.User?.Id, caller.InviteToken), cancellationToken => MayEnterAsync(key, caller, cancellationToken)));

    private async Task<bool> MayEnterAsync(string key, AskCaller caller, CancellationToken cancellationToken)
    {
        try
        {
            await access.EnterAsync(key, caller, cancellationToken);
            return true;
        }
        catch (RequestProblem)
        {
            return false;
        }
    }
}
