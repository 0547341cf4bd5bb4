using ChatApp.Data;
using ChatApp.Dialects.Problems;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Diagnostics;

namespace ChatApp.Dialects;

public static class ProblemServices
{
    private const string ErrorPage = "/error";
    private const string NotFoundPage = "/not-found";

    public static IServiceCollection AddProblems(this IServiceCollection services)
    {
        services.AddExceptionHandler<RequestProblemHandler>();
        // Also outside development: a request that cannot be bound comes to the handler above rather than as an empty 400.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        return services;
    }

    /// <summary>Gives every error answer a body: problem+json for programs, a page for people. Routing has to come after it.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseStatusCodePages(DescribeAsync);
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = ErrorPage, CreateScopeForErrors = true });
    }

    private static async Task DescribeAsync(StatusCodeContext status)
    {
        var context = status.HttpContext;
        if (!IsForPerson(context))
            await ProblemDetailsWriter.WriteAsync(context, Describe(context.Response.StatusCode));
        else if (context.Response.StatusCode == StatusCodes.Status404NotFound && context.Request.Path != NotFoundPage)
            await ShowNotFoundAsync(status);
    }

    private static async Task ShowNotFoundAsync(StatusCodeContext status)
    {
        var context = status.HttpContext;
        // Without it Blazor leaves the page out: it takes a 404 as still to be described.
        context.Features.Set<IStatusCodeReExecuteFeature>(new StatusCodeReExecuteFeature
        {
            OriginalPath = context.Request.Path, OriginalPathBase = context.Request.PathBase,
            OriginalQueryString = context.Request.QueryString.Value,
        });
        context.Request.Path = NotFoundPage;
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        await status.Next(context);
    }

    private static bool IsForPerson(HttpContext context)
    {
        if (context.GetEndpoint() is { } endpoint)
            return endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;
        var path = context.Request.Path;
        return HttpMethods.IsGet(context.Request.Method)
            && !path.StartsWithSegments("/api") && !path.StartsWithSegments("/v1")
            && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
    }

    private static RequestProblem Describe(int status) => status switch
    {
        401 => new(401, "unauthorized", "Sign in, or send a valid API key as Authorization: Bearer or x-api-key."),
        403 => new(403, "forbidden", "This account or API key may not do that."),
        404 => new(404, "not_found", "There is nothing at this address."),
        405 => new(405, "method_not_allowed", "This address does not take that method. The header Allow names those it takes."),
        413 => new(413, "too_large", "The request's body is larger than this server takes."),
        415 => new(415, "unsupported_media_type", "Send the body as application/json."),
        429 => new(429, "too_many_requests", "Too many requests. Try again later."),
        < 500 => new(status, "invalid_request", "The request can't be read or is not allowed as it is."),
        _ => new(status, "internal_error", "Something went wrong on the server."),
    };
}
