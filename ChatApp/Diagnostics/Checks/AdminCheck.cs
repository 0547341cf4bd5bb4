using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Diagnostics.Checks;

internal sealed class AdminCheck(IDbContextFactory<ChatDbContext> databases) : IDiagnosticCheck
{
    public string Category => "accounts";
    public string Name => "admin";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.HasEnabledAdminAsync(cancellationToken)
            ? CheckResult.Ok("There is an administrator.")
            : CheckResult.Error(
                "Nobody who can sign in is an administrator.",
                CommandText.For("users create --email you@example.com --password 'a long one' --admin") + $" (or, on a new server, the page {FirstRun.Path})");
    }
}
