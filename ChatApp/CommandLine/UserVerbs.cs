using System.CommandLine;
using ChatApp.Identity;

namespace ChatApp.CommandLine;

/// <summary><c>users create</c>.</summary>
public static class UserVerbs
{
    public static Command Create(IServiceProvider services) => new("users", "The people who can sign in.") { CreateAdd(services) };

    private static Command CreateAdd(IServiceProvider services)
    {
        var email = new Option<string>("--email") { Required = true, Description = "E-mail address; it signs in with it." };
        var password = new Option<string>("--password") { Required = true, Description = "At least 10 characters. Other users of this machine may see it in the list of processes." };
        var admin = new Option<bool>("--admin") { Description = "Make it an administrator." };
        var create = new Command("create", "Creates an account.") { email, password, admin };
        create.SetAction(async (result, cancellationToken) =>
        {
            await using var scope = services.CreateAsyncScope();
            string address = result.GetRequiredValue(email);
            await scope.ServiceProvider.GetRequiredService<AccountService>()
                .CreateAsync(address, result.GetRequiredValue(password), result.GetValue(admin), cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"Created the account {address}.");
        });
        return create;
    }
}
