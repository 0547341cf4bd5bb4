using ChatApp.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ChatApp.Profiles;

/// <summary>Body of <c>PATCH /api/preferences</c>; what is missing stays as it is.</summary>
/// <param name="Theme">light, dark or system.</param>
/// <param name="TextSize">90, 100, 110, 125 or 150 percent.</param>
/// <param name="Language">en, de, fr, or auto for the browser's.</param>
/// <param name="DefaultAgent">Slug of the agent of a new chat; empty for the server's default agent.</param>
internal sealed record ChangePreferencesBody(string? Theme, int? TextSize, string? Language, string? DefaultAgent);

/// <summary>What was used, day by day.</summary>
internal sealed record UsagePage(IReadOnlyList<UsageLine> Data);

/// <summary>REST over a person's preferences and usage.</summary>
internal static class ProfilesApi
{
    public static void MapProfiles(this IEndpointRouteBuilder routes)
    {
        var profiles = routes.MapGroup("/api").WithTags("Profile");
        profiles.MapGet("/preferences", FindAsync).RequireAuthorization(Scopes.Read).WithSummary("Own preferences");
        profiles.MapPatch("/preferences", ChangeAsync).RequireAuthorization(Scopes.Chat).WithSummary("Change own preferences");
        profiles.MapGet("/usage", UsageAsync).RequireAuthorization(Scopes.Read).WithSummary("Own usage by day (UTC) and model, the newest first");
    }

    private static async Task<Ok<Preferences>> FindAsync(HttpContext http, ProfileService profiles) =>
        TypedResults.Ok(await profiles.PreferencesAsync(CurrentUser.From(http.User).Id, http.RequestAborted));

    private static async Task<Ok<Preferences>> ChangeAsync(ChangePreferencesBody body, HttpContext http, ProfileService profiles) => TypedResults.Ok(
        await profiles.ChangeAsync(CurrentUser.From(http.User), body.Theme, body.TextSize, body.Language, body.DefaultAgent, http.RequestAborted));

    private static async Task<Ok<UsagePage>> UsageAsync(HttpContext http, UsageReport usage, int days = 30) =>
        TypedResults.Ok(new UsagePage(await usage.ListAsync(CurrentUser.From(http.User), days, TimeSpan.Zero, http.RequestAborted)));
}
