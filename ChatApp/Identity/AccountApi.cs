using Microsoft.AspNetCore.Antiforgery;

namespace ChatApp.Identity;

/// <summary>The routes of accounts that are no pages, and the middleware that guards all routes.</summary>
public static class AccountApi
{
    /// <summary>Calls from other origins, first run, authentication, authorization, antiforgery. Comes after routing.</summary>
    public static void UseAccounts(this WebApplication app)
    {
        app.UseCors();
        app.Use(CrossSiteGuard.InvokeAsync);
        app.Use(FirstRun.RedirectAsync);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    public static void MapAccounts(this WebApplication app) =>
        app.MapPost("/account/logout", LogoutAsync).WithMetadata(PeopleOnly.Instance).ExcludeFromDescription();

    private static async Task<IResult> LogoutAsync(HttpContext context, IAntiforgery antiforgery, AccountSignIn signIn)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        await signIn.SignOutAsync();
        return Results.LocalRedirect("/account/login");
    }
}
