using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Agents;

/// <summary>A saved prompt as somebody sees it who may use it.</summary>
/// <param name="Command">What is typed after the <c>/</c>.</param>
/// <param name="Text">May hold <c>{{name}}</c> and <c>{{name|default}}</c>.</param>
/// <param name="IsShared">Whether it is there for everybody.</param>
/// <param name="MayEdit">Whether the caller may change it.</param>
public sealed record PromptView(Guid Id, string Command, string Name, string Text, bool IsShared, bool MayEdit, DateTime UpdatedAt);

/// <summary>What a saved prompt is made of; when one is changed, null stays as it is.</summary>
/// <param name="Command">1 to 63 lower-case letters, digits and hyphens.</param>
/// <param name="Name">1 to 100 characters; null for the command where a prompt is new.</param>
/// <param name="Text">1 to 20,000 UTF-16 units.</param>
public sealed record PromptText(string? Command, string? Name, string? Text);

/// <summary>The texts that people call by <c>/command</c> in the composer: everybody's, and each person's own.</summary>
public sealed class Prompts(IDbContextFactory<ChatDbContext> databases, TimeProvider time)
{
    /// <summary>UTF-16 units.</summary>
    public const int MaxText = 20_000;

    /// <summary>Characters.</summary>
    public const int MaxName = 100;

    /// <summary>Of one person.</summary>
    public const int MaxPerPerson = 500;

    /// <summary>The caller's own and everybody's, by command; of two with the same command the caller's own first.</summary>
    public async Task<IReadOnlyList<PromptView>> ListAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var prompts = await db.Prompts.AsNoTracking().Where(p => p.OwnerId == null || p.OwnerId == caller.Id)
            .OrderBy(p => p.Command).ThenBy(p => p.OwnerId == null).ToListAsync(cancellationToken);
        return [.. prompts.Select(p => View(p, caller))];
    }

    /// <summary>Adds one.</summary>
    /// <param name="shared">For everybody, which only an admin may.</param>
    /// <exception cref="RequestProblem">400: a part of it is missing or does not fit. 403: only for admins. 409: the command is taken.</exception>
    public async Task<PromptView> AddAsync(CurrentUser caller, PromptText prompt, bool shared, CancellationToken cancellationToken)
    {
        if (shared && !MayShare(caller))
            throw new RequestProblem(403, "forbidden", "Only an administrator can make prompts for everybody.", "is_shared");
        var now = time.GetUtcNow();
        string command = CheckedCommand(prompt.Command ?? "");
        var added = new SavedPrompt
        {
            Id = Guid.CreateVersion7(now), OwnerId = shared ? null : caller.Id, Command = command,
            Name = string.IsNullOrWhiteSpace(prompt.Name) ? command : CheckedName(prompt.Name), Text = CheckedText(prompt.Text ?? ""), UpdatedAt = now.UtcDateTime,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!shared && await db.Prompts.CountAsync(p => p.OwnerId == caller.Id, cancellationToken) >= MaxPerPerson)
            throw new RequestProblem(409, "too_many", $"{MaxPerPerson} prompts are the most that one person can keep. Delete one first.");
        db.Prompts.Add(added);
        await SaveAsync(db, added, cancellationToken);
        return View(added, caller);
    }

    /// <summary>Changes one that the caller may edit; null when there is none.</summary>
    /// <exception cref="RequestProblem">400: a part of it does not fit. 409: the command is taken.</exception>
    public async Task<PromptView?> ChangeAsync(CurrentUser caller, Guid id, PromptText change, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await Editable(db, caller, id).SingleOrDefaultAsync(cancellationToken) is not { } prompt)
            return null;
        prompt.Command = change.Command is { } command ? CheckedCommand(command) : prompt.Command;
        prompt.Name = change.Name is { } name ? CheckedName(name) : prompt.Name;
        prompt.Text = change.Text is { } text ? CheckedText(text) : prompt.Text;
        prompt.UpdatedAt = time.GetUtcNow().UtcDateTime;
        await SaveAsync(db, prompt, cancellationToken);
        return View(prompt, caller);
    }

    /// <summary>False when there is none that the caller may edit.</summary>
    public async Task<bool> DeleteAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Editable(db, caller, id).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    /// <summary>Whether the caller may make prompts for everybody.</summary>
    public static bool MayShare(CurrentUser caller) => caller.IsAdmin && caller.Scopes.Contains(Scopes.Admin);

    private static IQueryable<SavedPrompt> Editable(ChatDbContext db, CurrentUser caller, Guid id)
    {
        bool mayShare = MayShare(caller);
        return db.Prompts.Where(p => p.Id == id && (p.OwnerId == caller.Id || (mayShare && p.OwnerId == null)));
    }

    private static async Task SaveAsync(ChatDbContext db, SavedPrompt prompt, CancellationToken cancellationToken)
    {
        var taken = new RequestProblem(409, "conflict", $"There is a prompt /{prompt.Command} already. Choose another command.", "command");
        // The unique index decides between two at once, but does not count rows without an owner as equal.
        if (await db.Prompts.AnyAsync(p => p.OwnerId == prompt.OwnerId && p.Command == prompt.Command && p.Id != prompt.Id, cancellationToken))
            throw taken;
        await db.SaveOrThrowAsync(taken, cancellationToken);
    }

    private static PromptView View(SavedPrompt p, CurrentUser caller) =>
        new(p.Id, p.Command, p.Name, p.Text, p.OwnerId == null, p.OwnerId != null || MayShare(caller), p.UpdatedAt);

    private static string CheckedCommand(string command)
    {
        command = command.Trim().TrimStart('/');
        Slugs.Validate(command, "command");
        return command;
    }

    private static string CheckedName(string name)
    {
        name = StorableText.Of(name.Trim());
        return name.Length is > 0 and <= MaxName ? name : throw RequestProblem.Invalid("name", $"A name has 1 to {MaxName} characters.");
    }

    private static string CheckedText(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw RequestProblem.Invalid("text", "The prompt is empty. Write its text.");
        return text.Length <= MaxText ? StorableText.Of(text) : throw RequestProblem.Invalid("text", $"A prompt has at most {MaxText:N0} characters; this one has {text.Length:N0}.");
    }
}
