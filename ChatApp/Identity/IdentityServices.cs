using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity.ApiKeys;
using ChatApp.Identity.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;

namespace ChatApp.Identity;

public static class IdentityServices
{
    internal const int MinimumPasswordLength = 10;

    private const string AnyScheme = "Account";

    /// <summary>Within this a disabled, demoted or changed account's open sessions end.</summary>
    internal static readonly TimeSpan RevalidationInterval = TimeSpan.FromSeconds(3);

    /// <summary>Accounts, cookie sign-in, API keys, access tokens and the policies named after <see cref="Scopes"/>.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddIdentityCore<Account>(Configure)
            .AddRoles<IdentityRole<Guid>>()
            .AddEntityFrameworkStores<ChatDbContext>()
            .AddSignInManager<AccountSignIn>()
            .AddClaimsPrincipalFactory<AccountClaims>();
        services.AddSingleton<AccountSessions>();
        services.AddSingleton<BrowserSessions>();
        services.Configure<SecurityStampValidatorOptions>(o => (o.ValidationInterval, o.OnRefreshingPrincipal) = (RevalidationInterval, BrowserSessions.CarryOverAsync));
        services.AddScoped<AccountService>();
        services.AddSingleton<SessionCheck>();
        services.AddSingleton(_ => new SignInTurns());
        services.AddOptions<AccountOptions>().BindConfiguration("Accounts");
        services.AddCrossOrigin();

        services.AddSingleton<ApiKeyService>();
        services.AddSingleton<ApiKeyVerifier>();
        services.AddSingleton<ApiKeyUses>();
        services.AddHostedService(provider => provider.GetRequiredService<ApiKeyUses>());
        services.AddSingleton<OpenResponses>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenResponses>());

        services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, o => o.ForwardDefaultSelector = context =>
                PeopleOnly.Marks(context) ? IdentityConstants.ApplicationScheme
                : ApiKeyHandler.HasAccessToken(context.Request) ? TokenSessions.SchemeName
                : ApiKeyHandler.HasKey(context.Request) ? ApiKeyHandler.SchemeName
                : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddAccessTokens()
            .AddIdentityCookies(cookies => cookies.ApplicationCookie!.Configure(Configure));
        var authorization = services.AddAuthorizationBuilder();
        Permissions.AddPolicies(authorization);
        GuestPass.AddPolicy(authorization);
        services.AddSingleton<GuestPass>();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "chat_antiforgery";
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddSingleton<FirstRun>();
        services.AddHostedService<FirstRunNotice>();
        services.AddScoped<AuthenticationStateProvider, AccountRevalidator>();
        return services;
    }

    private static void Configure(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = true;
        // The e-mail address is the name; it is validated as such.
        options.User.AllowedUserNameCharacters = "";
        // Length is what makes a password strong; rules of composition make people write it down (NIST SP 800-63B).
        options.Password.RequiredLength = MinimumPasswordLength;
        options.Password.RequiredUniqueChars = 4;
        options.Password.RequireDigit = false;
        options.Password.RequireLowercase = false;
        options.Password.RequireUppercase = false;
        options.Password.RequireNonAlphanumeric = false;
        options.Lockout.MaxFailedAccessAttempts = 10;
        options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "chat_session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = BrowserSessions.Lifetime;
        options.SlidingExpiration = true;
        options.LoginPath = "/account/login";
        options.AccessDeniedPath = "/account/denied";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnRedirectToLogin = context => Redirect(context, Refusals.Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => Redirect(context, Refusals.Forbidden);
    }

    private static Task Redirect(RedirectContext<CookieAuthenticationOptions> context, Func<HttpContext, Task> refuse)
    {
        if (!Refusals.IsPage(context.HttpContext))
            return refuse(context.HttpContext);
        // The address given has the host that the request named, whoever wrote it there.
        context.Response.Redirect(new Uri(context.RedirectUri).PathAndQuery);
        return Task.CompletedTask;
    }
}
