using System.CommandLine;
using ChatApp.Data;
using ChatApp.Identity;
using ChatApp.Identity.ApiKeys;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.CommandLine;

/// <summary><c>keys create</c>.</summary>
public static class KeyVerbs
{
    public static Command Create(IServiceProvider services) => new("keys", "API keys, with which external apps act as their owner.") { CreateAdd(services) };

    private static Command CreateAdd(IServiceProvider services)
    {
        var user = new Option<string>("--user") { Required = true, Description = "E-mail address of its owner." };
        var name = new Option<string>("--name") { Required = true, Description = "What it is for." };
        var scopes = new Option<string?>("--scopes") { Description = $"Any of {string.Join(", ", Scopes.All)}; \"{Scopes.Default}\" unless given." };
        var create = new Command("create", "Creates a key and prints it, and nothing else, on standard output. It is not to be had again.") { user, name, scopes };
        create.SetAction(async (result, cancellationToken) =>
        {
            var key = await services.GetRequiredService<ApiKeyService>().CreateAsync(
                await FindOwnerAsync(services, result.GetRequiredValue(user), cancellationToken),
                result.GetRequiredValue(name), result.GetValue(scopes), expiresAt: null, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync(key.Secret);
        });
        return create;
    }

    private static async Task<Guid> FindOwnerAsync(IServiceProvider services, string email, CancellationToken cancellationToken)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync(cancellationToken);
        string normalized = email.Trim().ToUpperInvariant();
        return await db.Users.Where(u => u.NormalizedEmail == normalized).Select(u => (Guid?)u.Id).SingleOrDefaultAsync(cancellationToken)
            ?? throw RequestProblem.NotFound("user", $"There is no account {email}. Create it: users create --email {email} --password …");
    }
}
