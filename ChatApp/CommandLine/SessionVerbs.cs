using System.CommandLine;
using System.Globalization;
using ChatApp.Ask;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;

namespace ChatApp.CommandLine;

/// <summary><c>sessions create</c>, <c>list</c>, <c>invite</c>, <c>pause</c>, <c>open</c> and <c>close</c>.</summary>
public static class SessionVerbs
{
    public static Command Create(IServiceProvider services) => new("sessions", "Ask sessions: questions that several people talk about with an agent.")
    {
        CreateCreate(services), CreateList(services), CreateInvite(services),
        CreateStatus(services, "pause", "Pauses a session: it can be read, and opened again.", AskStatus.Paused, "Paused"),
        CreateStatus(services, "open", "Opens a session that was paused or closed.", AskStatus.Active, "Opened"),
        CreateStatus(services, "close", "Closes a session: it can still be read.", AskStatus.Closed, "Closed"),
    };

    private static Command CreateCreate(IServiceProvider services)
    {
        var key = NewKey();
        var question = new Option<string>("--question") { Required = true, Description = "What it is about." };
        var name = new Option<string?>("--name") { Description = "Its name for people; the question's beginning unless given." };
        var description = new Option<string?>("--description") { Description = "What the participants should know." };
        var agent = new Option<string?>("--agent")
        {
            HelpName = "slug", Description = $"The agent that answers; {AskSetup.ConversationAgent} or the default agent unless given.",
        };
        var prompt = new Option<FileInfo?>("--system-prompt-file") { HelpName = "file", Description = "Holds the system prompt; it may name values like {{ask_question}}." };
        var anonymous = new Option<bool>("--anonymous") { Description = "Let everybody who knows the key take part." };
        var starts = NewTime("--starts", "From when on it takes messages; at once unless given.");
        var ends = NewTime("--ends", "Until when; until it is closed unless given.");
        var owner = new Option<string?>("--owner") { HelpName = "email", Description = "Whose conversation it is; the first administrator's unless given." };
        var create = new Command("create", "Creates a session.") { key, question, name, description, agent, prompt, anonymous, starts, ends, owner };
        create.SetAction(async (result, cancellationToken) =>
        {
            string wanted = AskKeys.Require(result.GetValue(key));
            var settings = new AskSettings(result.GetRequiredValue(question), result.GetValue(name))
            {
                StartsAt = result.GetValue(starts)?.UtcDateTime, EndsAt = result.GetValue(ends)?.UtcDateTime,
                Description = result.GetValue(description), Agent = result.GetValue(agent), AllowAnonymous = result.GetValue(anonymous),
                SystemPrompt = result.GetValue(prompt) is { } file ? await File.ReadAllTextAsync(file.FullName, cancellationToken) : null,
            };
            var sessions = services.GetRequiredService<AskSessions>();
            var ownerId = result.GetValue(owner) is { } email
                ? await FindAccountAsync(services, email)
                : await sessions.FindDefaultOwnerAsync(cancellationToken);
            var made = await sessions.CreateAsync(wanted, settings, ownerId, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync(
                $"Created the session {made.Session.Key}. Its page is {AskInvitation.PathOf(made.Session.Key, null)}");
        });
        return create;
    }

    private static Command CreateList(IServiceProvider services)
    {
        var list = new Command("list", "Lists the sessions, those used last first.");
        list.SetAction(async (result, cancellationToken) =>
        {
            foreach (var session in await services.GetRequiredService<AskSessions>().ListAsync(cancellationToken))
            {
                string open = session.AllowAnonymous ? "  anonymous" : "";
                await result.InvocationConfiguration.Output.WriteLineAsync(
                    $"{session.Key}  {session.Status.ToString().ToLowerInvariant()}{open}  {session.People} participants  {session.Owner}  {session.Name}");
            }
        });
        return list;
    }

    private static Command CreateInvite(IServiceProvider services)
    {
        var key = NewKey();
        var name = new Option<string>("--name") { Required = true, Description = "The name under which the others see them." };
        var email = new Option<string?>("--email") { Description = "Their e-mail address; nothing is sent. Whoever has an account of it needs no token." };
        var role = new Option<string>("--role") { Description = $"One of: {string.Join(", ", AskParticipants.Roles)}.", DefaultValueFactory = _ => AskParticipants.DefaultRole };
        var spokesperson = new Option<bool>("--spokesperson") { Description = "They speak for the others." };
        var invite = new Command("invite", "Invites somebody and prints their token and the page that it opens. They are not to be had again.") { key, name, email, role, spokesperson };
        invite.SetAction(async (result, cancellationToken) =>
        {
            var invitee = new AskInvitee(result.GetRequiredValue(name), result.GetValue(email), result.GetRequiredValue(role), result.GetValue(spokesperson));
            var invitation = await services.GetRequiredService<AskParticipants>().InviteAsync(result.GetRequiredValue(key), invitee, cancellationToken);
            var output = result.InvocationConfiguration.Output;
            await output.WriteLineAsync(invitation.Token);
            await output.WriteLineAsync(invitation.Path);
        });
        return invite;
    }

    private static Command CreateStatus(IServiceProvider services, string verb, string description, AskStatus status, string done)
    {
        var key = NewKey();
        var command = new Command(verb, description) { key };
        command.SetAction(async (result, cancellationToken) =>
        {
            await services.GetRequiredService<AskSessions>().SetStatusAsync(result.GetRequiredValue(key), status, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"{done} the session {result.GetRequiredValue(key)}.");
        });
        return command;
    }

    private static async Task<Guid> FindAccountAsync(IServiceProvider services, string email)
    {
        await using var scope = services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<AccountService>().FindByEmailAsync(email)
            ?? throw RequestProblem.NotFound("owner", $"There is no account {email}.")).Id;
    }

    private static Option<string> NewKey() => new("--key") { Required = true, Description = "Its key: 3 to 100 letters, digits, dots, underscores and hyphens." };

    private static Option<DateTimeOffset?> NewTime(string name, string description) => new(name)
    {
        HelpName = "time", Description = $"{description} As 2026-05-01T09:00, in UTC, or with an offset.",
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                return time;
            result.AddError($"{name} is a time like 2026-05-01T09:00, not {result.Tokens[0].Value}.");
            return null;
        },
    };
}
