using ChatApp.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Diagnostics.Checks;

/// <summary>Where requests without a key are answered, the account that owns their conversations has to be there.</summary>
internal sealed class RelayCheck(IConfiguration configuration, IDbContextFactory<ChatDbContext> databases) : IDiagnosticCheck
{
    public string Category => "relay";
    public string Name => "account";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (!configuration.GetValue<bool>("Relay:Open"))
            return CheckResult.Ok("Only requests with a key are answered.");
        string? email = configuration["Relay:Account"];
        if (string.IsNullOrWhiteSpace(email))
            return CheckResult.Error("Relay:Open is set, but no Relay:Account, which owns the conversations.", "export Relay__Account=you@example.com where the server starts, and start it again");
        string normalized = email.ToUpperInvariant();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var account = await db.Users.Where(u => u.NormalizedEmail == normalized).Select(u => new { u.DisabledAt }).SingleOrDefaultAsync(cancellationToken);
        return account switch
        {
            null => CheckResult.Error(
                $"Requests without a key are answered 503: there is no account {email}, which Relay:Account names.",
                CommandText.For($"users create --email {email} --password 'a long one'")),
            { DisabledAt: not null } => CheckResult.Error(
                $"Requests without a key are answered 503: the account {email}, which Relay:Account names, is closed.",
                CommandText.For($"users enable --email {email}")),
            _ => CheckResult.Ok($"Requests without a key are answered, in the name of {email}."),
        };
    }
}
