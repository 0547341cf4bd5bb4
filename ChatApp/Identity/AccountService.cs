using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Identity;

/// <summary>Creates and changes accounts, for the pages, the command line and the first run alike.</summary>
public sealed class AccountService(ChatDbContext db, UserManager<Account> users, TimeProvider time)
{
    // An external login that no provider gives; only its primary key matters.
    private const string FirstAdminMarker = "first-admin";

    private const int MaximumEmailLength = 254;
    private const int MaximumPasswordLength = 256;

    /// <summary>Creates an account.</summary>
    /// <exception cref="RequestProblem">400 for an unusable e-mail address or password, 409 for an address that is taken.</exception>
    public async Task<Account> CreateAsync(string email, string password, bool isAdmin, CancellationToken cancellationToken)
    {
        var account = await PrepareAsync(email, password);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await InsertAsync(account, isAdmin);
        await transaction.CommitAsync(cancellationToken);
        return account;
    }

    /// <summary>Creates the first admin, once, whoever else tries at the same time.</summary>
    /// <exception cref="RequestProblem">As <see cref="CreateAsync"/>; 409 with code already_set_up where there is an admin.</exception>
    public async Task<Account> CreateFirstAdminAsync(string email, string password, CancellationToken cancellationToken)
    {
        var account = await PrepareAsync(email, password);
        // SQLite's transaction takes the write lock at once, so of many only one at a time gets to look. PostgreSQL's does not:
        // there two may both see no admin, and the primary key of the marker row lets one of them through.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.HasAdminAsync(cancellationToken))
            throw AlreadySetUp();
        await db.UserLogins.Where(l => l.LoginProvider == FirstAdminMarker).ExecuteDeleteAsync(cancellationToken);
        await InsertAsync(account, isAdmin: true);
        db.UserLogins.Add(new() { LoginProvider = FirstAdminMarker, ProviderKey = FirstAdminMarker, UserId = account.Id });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (StorageFaults.IsConstraintViolation(e))
        {
            throw AlreadySetUp();
        }
        await transaction.CommitAsync(cancellationToken);
        return account;
    }

    /// <summary>The account with this e-mail address, whatever its case; null when there is none.</summary>
    public Task<Account?> FindByEmailAsync(string email) => users.FindByEmailAsync(email.Trim());

    /// <summary>Gives or takes the role Admin. Open sessions and keys follow within five seconds.</summary>
    /// <exception cref="RequestProblem">404 for an unknown account, 409 where it is the last admin.</exception>
    public async Task SetAdminAsync(Guid accountId, bool isAdmin, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var account = await FindAsync(accountId);
        if (await users.IsInRoleAsync(account, Roles.Admin) == isAdmin)
            return;
        Check(isAdmin ? await users.AddToRoleAsync(account, Roles.Admin) : await users.RemoveFromRoleAsync(account, Roles.Admin));
        Check(await users.UpdateSecurityStampAsync(account));
        await RequireAdminAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Closes or reopens an account. Open sessions and keys follow within five seconds.</summary>
    /// <exception cref="RequestProblem">404 for an unknown account, 409 where it is the last admin.</exception>
    public async Task SetDisabledAsync(Guid accountId, bool isDisabled, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var account = await FindAsync(accountId);
        account.DisabledAt = isDisabled ? time.GetUtcNow().UtcDateTime : null;
        Check(await users.UpdateSecurityStampAsync(account));
        await RequireAdminAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Gives a new password and lifts a lock. Open sessions end within five seconds; keys go on.</summary>
    /// <exception cref="RequestProblem">400 for an unusable password, 404 for an unknown account.</exception>
    public async Task SetPasswordAsync(Guid accountId, string password, CancellationToken cancellationToken)
    {
        var account = await FindAsync(accountId);
        await HashAsync(account, password);
        (account.LockoutEnd, account.AccessFailedCount) = (null, 0);
        cancellationToken.ThrowIfCancellationRequested();
        // Stores the account, too.
        Check(await users.UpdateSecurityStampAsync(account));
    }

    // The slow hash is made before the transaction: nobody else can write while that is open.
    private async Task<Account> PrepareAsync(string email, string password)
    {
        email = email.Trim();
        if (email.Length is 0 or > MaximumEmailLength)
            throw RequestProblem.Invalid("email", $"Give an e-mail address of at most {MaximumEmailLength} characters.");
        if (email.Any(char.IsControl))
            throw RequestProblem.Invalid("email", "That is not an e-mail address.");
        var account = new Account { Id = Guid.CreateVersion7(), UserName = email, Email = email, CreatedAt = time.GetUtcNow().UtcDateTime };
        await HashAsync(account, password);
        return account;
    }

    private async Task HashAsync(Account account, string password)
    {
        if (password.Length > MaximumPasswordLength)
            throw RequestProblem.Invalid("password", $"Choose a password of at most {MaximumPasswordLength} characters.");
        foreach (var validator in users.PasswordValidators)
            Check(await validator.ValidateAsync(users, account, password));
        account.PasswordHash = users.PasswordHasher.HashPassword(account, password);
    }

    private async Task InsertAsync(Account account, bool isAdmin)
    {
        try
        {
            Check(await users.CreateAsync(account));
        }
        catch (DbUpdateException e) when (StorageFaults.IsConstraintViolation(e))
        {
            throw EmailTaken();
        }
        Check(await users.AddToRolesAsync(account, isAdmin ? [Roles.User, Roles.Admin] : [Roles.User]));
    }

    private async Task<Account> FindAsync(Guid accountId) =>
        await users.FindByIdAsync(accountId.ToString()) ?? throw RequestProblem.NotFound("id", "There is no such account.");

    private async Task RequireAdminAsync(CancellationToken cancellationToken)
    {
        if (await db.HasEnabledAdminAsync(cancellationToken))
            return;
        // The transaction is rolled back; what the context remembers of it would be wrong.
        db.ChangeTracker.Clear();
        throw new RequestProblem(409, "last_admin", "This is the last admin. Make another account an admin first.");
    }

    private static void Check(IdentityResult result)
    {
        if (result.Succeeded)
            return;
        var error = result.Errors.First();
        throw error.Code switch
        {
            nameof(IdentityErrorDescriber.DuplicateEmail) or nameof(IdentityErrorDescriber.DuplicateUserName) => EmailTaken(),
            nameof(IdentityErrorDescriber.InvalidEmail) => RequestProblem.Invalid("email", "That is not an e-mail address."),
            nameof(IdentityErrorDescriber.PasswordTooShort) =>
                RequestProblem.Invalid("password", $"Choose a password of at least {IdentityServices.MinimumPasswordLength} characters."),
            { } code when code.StartsWith("Password", StringComparison.Ordinal) => RequestProblem.Invalid("password", error.Description),
            _ => new RequestProblem(409, "conflict", error.Description),
        };
    }

    private static RequestProblem EmailTaken() => new(409, "email_taken", "There is already an account with this e-mail address.", "email");

    private static RequestProblem AlreadySetUp() => new(409, "already_set_up", "This server already has an admin. Sign in instead.");
}
