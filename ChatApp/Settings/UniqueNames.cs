using ChatApp.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Settings;

/// <summary>Two admins may add the same name at once: the unique index decides, and the second one is told.</summary>
internal static class UniqueNames
{
    /// <exception cref="RequestProblem"><paramref name="taken"/>, where a unique index refuses a row.</exception>
    public static async Task SaveOrThrowAsync(this ChatDbContext db, RequestProblem taken, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (StorageFaults.IsConstraintViolation(e))
        {
            throw taken;
        }
    }
}
