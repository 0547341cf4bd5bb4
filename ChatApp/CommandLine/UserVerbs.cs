using System.CommandLine;
using System.Text;
using ChatApp.Data;
using ChatApp.Identity;

namespace ChatApp.CommandLine;

/// <summary><c>users create</c>, <c>set-role</c>, <c>set-password</c>, <c>disable</c> and <c>enable</c>.</summary>
public static class UserVerbs
{
    public static Command Create(IServiceProvider services) => new("users", "The people who may sign in.")
    {
        CreateCreate(services), CreateSetRole(services), CreateSetPassword(services),
        CreateChange(services, "disable", "Closes an account: its pages, sessions and keys end within five seconds.", "is disabled", (a, id, c) => a.SetDisabledAsync(id, true, c)),
        CreateChange(services, "enable", "Opens a closed account again.", "is enabled", (a, id, c) => a.SetDisabledAsync(id, false, c)),
    };

    /// <summary>Whether it is the command that makes an account, and the database with it where there is none.</summary>
    internal static bool IsCreate(Command command) => command.Name == "create" && command.Parents.Any(p => p.Name == "users");

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

    private static Command CreateSetRole(IServiceProvider services)
    {
        var role = new Option<string>("--role") { Required = true, HelpName = "admin|user", Description = "What the account may do." };
        role.AcceptOnlyFromAmong("admin", "user");
        return CreateChange(
            services, "set-role", "Makes an account an administrator, or a user again; its pages, sessions and streams end within five seconds.", "has its new role",
            (accounts, id, result, c) => accounts.SetAdminAsync(id, result.GetRequiredValue(role) == "admin", c), role);
    }

    private static Command CreateSetPassword(IServiceProvider services)
    {
        var password = new Option<string?>("--password") { Description = "At least 10 characters. Other users of this machine may see it in the list of processes; it is asked for unless given." };
        var variable = new Option<string?>("--password-env") { HelpName = "NAME", Description = "Environment variable of this command that holds the password." };
        return CreateChange(
            services, "set-password", "Gives an account a new password; its sessions end within five seconds, its keys go on.", "has a new password",
            (accounts, id, result, c) => accounts.SetPasswordAsync(id, Password(result.GetValue(password), result.GetValue(variable)), c), password, variable);
    }

    private static Command CreateChange(
        IServiceProvider services, string verb, string description, string done, Func<AccountService, Guid, CancellationToken, Task> change) =>
        CreateChange(services, verb, description, done, (accounts, id, _, cancellationToken) => change(accounts, id, cancellationToken));

    private static Command CreateChange(
        IServiceProvider services, string verb, string description, string done,
        Func<AccountService, Guid, ParseResult, CancellationToken, Task> change, params Option[] options)
    {
        var email = new Option<string>("--email") { Required = true, Description = "The account's e-mail address." };
        var command = new Command(verb, description) { email };
        foreach (var option in options)
            command.Add(option);
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var scope = services.CreateAsyncScope();
            var accounts = scope.ServiceProvider.GetRequiredService<AccountService>();
            var account = await accounts.FindByEmailAsync(result.GetRequiredValue(email))
                ?? throw RequestProblem.NotFound("email", $"There is no account {result.GetRequiredValue(email)}.");
            await change(accounts, account.Id, result, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"The account {account.Email} {done}.");
        });
        return command;
    }

    private static string Password(string? given, string? variable)
    {
        if (given is not null)
            return given;
        if (variable is not null)
            return Environment.GetEnvironmentVariable(variable) ?? throw RequestProblem.Invalid("password-env", $"The environment variable {variable} is not set.");
        if (Console.IsInputRedirected)
            return Console.In.ReadLine() ?? throw RequestProblem.Invalid("password", "Give a password: --password, --password-env, or a line on standard input.");
        Console.Error.Write("New password: ");
        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key != ConsoleKey.Backspace)
                typed.Append(key.KeyChar);
            else if (typed.Length > 0)
                typed.Length--;
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
