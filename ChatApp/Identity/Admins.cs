using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Identity;

/// <summary>Questions about the role Admin.</summary>
public static class Admins
{
    /// <summary>Ids of the accounts with the role.</summary>
    public static IQueryable<Guid> AdminIds(this ChatDbContext db) =>
        from userRole in db.UserRoles
        join role in db.Roles on userRole.RoleId equals role.Id
        where role.Name == Roles.Admin
        select userRole.UserId;

    /// <summary>Whether anybody, disabled or not, has the role.</summary>
    public static Task<bool> HasAdminAsync(this ChatDbContext db, CancellationToken cancellationToken) => db.AdminIds().AnyAsync(cancellationToken);

    /// <summary>Whether somebody who can sign in has the role.</summary>
    public static Task<bool> HasEnabledAdminAsync(this ChatDbContext db, CancellationToken cancellationToken) =>
        db.Users.AnyAsync(u => u.DisabledAt == null && db.AdminIds().Contains(u.Id), cancellationToken);

    /// <summary>Makes sure that the rows of the two roles are there. May run in several processes at once.</summary>
    public static async Task SeedRolesAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync(cancellationToken);
        string[] missing = [.. new[] { Roles.Admin, Roles.User }.Except(await db.Roles.Select(r => r.Name!).ToListAsync(cancellationToken))];
        if (missing is [])
            return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var present = await db.Roles.Select(r => r.Name!).ToListAsync(cancellationToken);
        foreach (string name in missing.Except(present))
            db.Roles.Add(new IdentityRole<Guid>(name) { Id = Guid.CreateVersion7(), NormalizedName = name.ToUpperInvariant() });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
