using System.CommandLine;
using ChatApp.Data;
using ChatApp.Identity;
using ChatApp.Identity.ApiKeys;

namespace ChatApp.CommandLine;

/// <summary><c>keys create</c>.</summary>
public static class KeyVerbs
{
    public static Command Create(IServiceProvider services) => new("keys", "API keys, with which apps act as their owner.") { CreateCreate(services) };

    private static Command CreateCreate(IServiceProvider services)
    {
        var user = new Option<string>("--user") { Required = true, HelpName = "email", Description = "The e-mail address of the key's owner." };
        var name = new Option<string>("--name") { Required = true, Description = "What the key is for." };
        var scopes = new Option<string?>("--scopes") { Description = $"Some of {string.Join(", ", Scopes.All)}, separated by commas; read and chat unless given." };
        var days = new Option<int?>("--expires-days") { HelpName = "days", Description = "How long it is good; without an end unless given." };
        var create = new Command("create", "Creates a key and prints it, and nothing else, on standard output. It is not to be had again.") { user, name, scopes, days };
        create.SetAction(async (result, cancellationToken) =>
        {
            string email = result.GetRequiredValue(user);
            await using var scope = services.CreateAsyncScope();
            var owner = await scope.ServiceProvider.GetRequiredService<AccountService>().FindByEmailAsync(email)
                ?? throw RequestProblem.NotFound("user", $"There is no account {email}.");
            DateTime? expiry = result.GetValue(days) switch
            {
                null => null,
                > 0 and <= 36500 and { } d => services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime.AddDays(d),
                _ => throw RequestProblem.Invalid("expires-days", "A key is good for 1 to 36500 days."),
            };
            var key = await services.GetRequiredService<ApiKeyService>()
                .CreateAsync(owner.Id, result.GetRequiredValue(name), result.GetValue(scopes), expiry, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync(key.Secret);
        });
        return create;
    }
}
