using ChatApp.Data;
using ChatApp.Identity;
using Microsoft.AspNetCore.Components.Endpoints;

namespace ChatApp.Ask;

/// <summary>Lets the browsers of guests whom a session lets in have a circuit, in which its page is alive.</summary>
public static class AskGuestsApi
{
    /// <summary>Comes after authentication.</summary>
    public static void UseAskGuests(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.User.Identity is not { IsAuthenticated: true } && HttpMethods.IsGet(context.Request.Method)
            && context.Request.Path.StartsWithSegments("/ask") && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() != null)
            await WelcomeAsync(context);
        await next(context);
    });

    private static async Task WelcomeAsync(HttpContext context)
    {
        try
        {
            string? token = context.Request.Query["invite"] is [{ Length: > 0 } given, ..] ? given : null;
            await context.RequestServices.GetRequiredService<AskAccess>()
                .EnterAsync(context.Request.RouteValues["key"] as string, new AskCaller(null, token), context.RequestAborted);
            context.RequestServices.GetRequiredService<GuestPass>().Issue(context);
        }
        catch (RequestProblem)
        {
            // The page says so.
        }
    }
}
