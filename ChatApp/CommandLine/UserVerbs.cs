using System.CommandLine;
using ChatApp.Identity;

namespace ChatApp.CommandLine;

/// <summary><c>users create</c>.</summary>
public static class UserVerbs
{
    public static Command Create(IServiceProvider services) => new("users", "The people who may sign in.") { CreateCreate(services) };

    private static Command CreateCreate(IServiceProvider services)
    {
        var email = new Option<string>("--email") { Required = true, Description = "The e-mail address to sign in with." };
        var password = new Option<string>("--password")
        {
            Required = true,
            Description = "At least 10 characters. Other users of this machine may see it in the list of processes.",
        };
        var admin = new Option<bool>("--admin") { Description = "Make the account an administrator." };
        var create = new Command("create", "Creates an account.") { email, password, admin };
        create.SetAction(async (result, cancellationToken) =>
        {
            await using var scope = services.CreateAsyncScope();
            var account = await scope.ServiceProvider.GetRequiredService<AccountService>()
                .CreateAsync(result.GetRequiredValue(email), result.GetRequiredValue(password), result.GetValue(admin), cancellationToken);
            string role = result.GetValue(admin) ? "administrator" : "user";
            await result.InvocationConfiguration.Output.WriteLineAsync($"Created the {role} {account.Email}.");
        });
        return create;
    }
}
