using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace ChatApp.Identity;

/// <summary>Configuration section <c>Cors</c>.</summary>
public sealed class CrossOriginOptions
{
    // Where the contracts' front ends run while they are developed. Elsewhere any program of the visitor's machine may listen there.
    private static readonly string[] Development = ["http://localhost:3000", "http://localhost:8080"];

    /// <summary>Origins whose pages may call the APIs of the contracts, with credentials; null for none, in development for two on localhost.</summary>
    public string[]? Origins { get; set; }

    internal IReadOnlyList<string> All => Origins ?? [];

    internal void AddDefaults(IHostEnvironment environment) => Origins ??= environment.IsDevelopment() ? Development : null;

    /// <summary>Scheme, host and port; no <c>*</c>, which browsers refuse with credentials and which would let every site in.</summary>
    internal bool IsValid => All.All(o => Uri.TryCreate(o, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.GetLeftPart(UriPartial.Authority) == o);
}

/// <summary>Which pages of other origins may call us: those that an admin has named, and only the routes that ask for <see cref="Policy"/>.</summary>
public static class CrossOrigin
{
    /// <summary>Name of the policy, for <c>RequireCors</c>.</summary>
    public const string Policy = "contracts";

    internal static void AddCrossOrigin(this IServiceCollection services)
    {
        services.AddOptions<CrossOriginOptions>().BindConfiguration("Cors")
            .PostConfigure<IHostEnvironment>((o, environment) => o.AddDefaults(environment))
            .Validate(o => o.IsValid, "Cors:Origins must be origins such as https://app.example.com, without a path and without *.")
            .ValidateOnStart();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<CrossOriginOptions>>((cors, own) => cors.AddPolicy(Policy, policy => policy
            .WithOrigins([.. own.Value.All]).AllowCredentials().AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("X-Run-Id", "Location")));
    }

    /// <summary>Whether the request comes from a page that may call this route.</summary>
    internal static bool Allows(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IEnableCorsAttribute>()?.PolicyName == Policy
        && context.Request.Headers.Origin is [{ } origin]
        && context.RequestServices.GetRequiredService<IOptions<CrossOriginOptions>>().Value.All.Contains(origin, StringComparer.OrdinalIgnoreCase);
}
