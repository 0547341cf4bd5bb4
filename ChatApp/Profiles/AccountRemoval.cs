using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Profiles;

/// <summary>Deletes a person's own account with all that is theirs.</summary>
public sealed class AccountRemoval(
    UserManager<Account> users, AccountSignIn signIn, AccountService accounts, ConversationRemoval conversations, IDbContextFactory<ChatDbContext> databases)
{
    /// <summary>
    /// Deletes the account: conversations, files, keys, links, prompts, usage. What was said in sessions of other people stays there.
    /// The account is closed first, so nothing new comes in meanwhile, and what an interruption leaves is nobody's to open.
    /// </summary>
    /// <exception cref="RequestProblem">403: the password is wrong, or was wrong too often. 409: it is the last admin.</exception>
    public async Task DeleteAsync(CurrentUser caller, string password, CancellationToken cancellationToken)
    {
        var account = await users.FindByIdAsync(caller.Id.ToString()) ?? throw RequestProblem.NotFound("id", "There is no such account.");
        if (!(await signIn.CheckPasswordSignInAsync(account, password, lockoutOnFailure: true)).Succeeded)
            throw new RequestProblem(403, "wrong_password", "That is not your password. After many attempts, wait five minutes.", "password");
        await accounts.SetDisabledAsync(caller.Id, isDisabled: true, cancellationToken);
        // From here on it goes through, whoever still waits for it.
        await conversations.DeleteEverythingAsync(caller.Id, CancellationToken.None);
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        await db.Users.Where(u => u.Id == caller.Id).ExecuteDeleteAsync(CancellationToken.None);
    }
}
