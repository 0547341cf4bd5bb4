using ChatApp.Agents;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Files;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Profiles;

/// <summary>A person's profile. Every method looks only at the caller's.</summary>
public sealed class ProfileService(IDbContextFactory<ChatDbContext> databases, AgentCatalog agents, FileStore files)
{
    /// <summary>Bytes of a picture.</summary>
    public const int MaxPictureBytes = 1024 * 1024;

    /// <summary>UTF-16 units of a name.</summary>
    public const int MaxName = 80;

    /// <summary>The caller's profile; null where the account is gone.</summary>
    public async Task<Profile?> FindAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await (
            from account in db.Users.AsNoTracking()
            join preferences in db.Preferences.AsNoTracking() on account.Id equals preferences.AccountId into all
            from preferences in all.DefaultIfEmpty()
            where account.Id == caller.Id
            select new { account.Email, account.DisplayName, Preferences = preferences }).SingleOrDefaultAsync(cancellationToken);
        return found is null ? null : new Profile(found.Email ?? "", found.DisplayName, found.Preferences?.PictureId, View(found.Preferences));
    }

    /// <summary>The preferences of an account, those as everything comes where it has none.</summary>
    public async Task<Preferences> PreferencesAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return View(await db.Preferences.AsNoTracking().SingleOrDefaultAsync(p => p.AccountId == accountId, cancellationToken));
    }

    /// <summary>Gives the person a name; empty for none.</summary>
    public async Task SetNameAsync(CurrentUser caller, string name, CancellationToken cancellationToken)
    {
        name = StorableText.Of(name.Trim());
        if (name.Length > MaxName || name.Any(char.IsControl))
            throw RequestProblem.Invalid("name", $"A name has at most {MaxName} characters, in one line.");
        string? stored = name.Length == 0 ? null : name;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Users.Where(u => u.Id == caller.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.DisplayName, stored), cancellationToken);
    }

    /// <summary>Changes what is given; null leaves as it is.</summary>
    /// <param name="theme">light, dark or system.</param>
    /// <param name="language">One of <see cref="Texts.Languages"/>, or auto.</param>
    /// <param name="defaultAgent">Slug of an agent; empty for the server's default agent.</param>
    public async Task<Preferences> ChangeAsync(
        CurrentUser caller, string? theme, int? textSize, string? language, string? defaultAgent, CancellationToken cancellationToken)
    {
        if (theme is not (null or "light" or "dark" or "system"))
            throw RequestProblem.Invalid("theme", "The theme is light, dark or system.");
        if (textSize is { } size && !Preferences.TextSizes.Contains(size))
            throw RequestProblem.Invalid("text_size", $"The text size is one of {string.Join(", ", Preferences.TextSizes)} percent.");
        if (language is not (null or "auto") && !Texts.Languages.Contains(language))
            throw RequestProblem.Invalid("language", $"The language is auto or one of {string.Join(", ", Texts.Languages)}.");
        if (defaultAgent is { Length: > 0 } && (await agents.ListAsync(caller, cancellationToken)).All(a => a.Slug != defaultAgent))
            throw RequestProblem.NotFound("default_agent", "There is no such agent.");
        return View(await ChangeAsync(caller, row =>
        {
            row.Theme = theme is null ? row.Theme : theme == "system" ? null : theme;
            row.TextSize = textSize is null ? row.TextSize : textSize == Preferences.UsualTextSize ? null : textSize;
            row.Language = language is null ? row.Language : language == "auto" ? null : language;
            row.DefaultAgent = defaultAgent is null ? row.DefaultAgent : defaultAgent.Length == 0 ? null : defaultAgent;
        }, cancellationToken));
    }

    /// <summary>Keeps a picture in the place of the old one.</summary>
    /// <exception cref="RequestProblem">413: it is too large. 415: it is no image.</exception>
    public async Task SetPictureAsync(CurrentUser caller, byte[] content, CancellationToken cancellationToken)
    {
        if (content.Length > MaxPictureBytes)
            throw new RequestProblem(413, "too_large", "The picture is larger than 1 MB. Choose a smaller one.", "picture");
        if (MediaTypes.Detect(content) is not { } type || !MediaTypes.IsImage(type))
            throw new RequestProblem(415, "unsupported_media_type", "Choose a PNG, JPEG, GIF or WebP image.", "picture");
        var file = await files.AddAsync(caller, "picture", content, cancellationToken);
        await ReplacePictureAsync(caller, file.Id, cancellationToken);
    }

    /// <summary>Deletes the caller's picture, if there is one.</summary>
    public Task RemovePictureAsync(CurrentUser caller, CancellationToken cancellationToken) => ReplacePictureAsync(caller, null, cancellationToken);

    private async Task ReplacePictureAsync(CurrentUser caller, Guid? picture, CancellationToken cancellationToken)
    {
        Guid? old = null;
        await ChangeAsync(caller, row => (old, row.PictureId) = (row.PictureId, picture), cancellationToken);
        if (old is { } id && id != picture)
            await files.DeleteAsync(caller, id, cancellationToken);
    }

    private async Task<AccountPreferences> ChangeAsync(CurrentUser caller, Action<AccountPreferences> change, CancellationToken cancellationToken)
    {
        for (bool isFirstTry = true; ; isFirstTry = false)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var row = await db.Preferences.SingleOrDefaultAsync(p => p.AccountId == caller.Id, cancellationToken);
            if (row is null)
                db.Preferences.Add(row = new AccountPreferences { AccountId = caller.Id });
            change(row);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return row;
            }
            catch (DbUpdateException e) when (isFirstTry && StorageFaults.IsConstraintViolation(e))
            {
                // Another page of the same person has just made the row.
            }
        }
    }

    private static Preferences View(AccountPreferences? row) =>
        row is null ? Preferences.None : new Preferences(row.Theme, row.TextSize ?? Preferences.UsualTextSize, row.Language, row.DefaultAgent);
}
