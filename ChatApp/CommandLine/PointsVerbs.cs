using System.CommandLine;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Ledger;

namespace ChatApp.CommandLine;

/// <summary><c>points grant</c>.</summary>
public static class PointsVerbs
{
    public static Command Create(IServiceProvider services) => new("points", "What metered answers cost.") { CreateGrant(services) };

    private static Command CreateGrant(IServiceProvider services)
    {
        var user = new Option<string>("--user") { Required = true, HelpName = "email", Description = "The e-mail address of the account that gets them." };
        var points = new Option<int>("--points") { Required = true, HelpName = "number", Description = "How many." };
        var purchased = new Option<bool>("--purchased") { Description = "They were paid for; earned unless given." };
        var note = new Option<string?>("--note") { Description = "Why, for the account's owner." };
        var grant = new Command("grant", "Gives an account points.") { user, points, purchased, note };
        grant.SetAction(async (result, cancellationToken) =>
        {
            string email = result.GetRequiredValue(user);
            await using var scope = services.CreateAsyncScope();
            var owner = await scope.ServiceProvider.GetRequiredService<AccountService>().FindByEmailAsync(email)
                ?? throw RequestProblem.NotFound("user", $"There is no account {email}.");
            var ledger = services.GetRequiredService<PointsLedger>();
            var kind = result.GetValue(purchased) ? PointsKind.Purchased : PointsKind.Earned;
            await ledger.GrantAsync(owner.Id, result.GetRequiredValue(points), kind, result.GetValue(note), cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync(
                $"{owner.Email} has {await ledger.BalanceAsync(owner.Id, cancellationToken)} points now.");
        });
        return grant;
    }
}
