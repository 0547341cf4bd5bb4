using System.Text.Json.Nodes;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Dialects.FastApi;
using ChatApp.Identity;
using ChatApp.Identity.Tokens;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ChatApp.Dialects.Agentic;

/// <summary>Agentic's accounts: registration, and sign-in by password for a pair of tokens.</summary>
internal static class AgenticAuthApi
{
    public static void Map(RouteGroupBuilder auth)
    {
        auth.MapPost("/register", RegisterAsync);
        auth.MapPost("/login", LoginAsync);
        auth.MapPost("/refresh", RefreshAsync);
        auth.MapPost("/logout", LogoutAsync).RequireAuthorization();
        auth.MapGet("/me", MeAsync).RequireAuthorization(Scopes.Read);
        auth.MapMethods("/verify-token", [HttpMethods.Get, HttpMethods.Post], Verify).RequireAuthorization();
    }

    private static async Task<IResult> RegisterAsync(
        HttpContext http, IOptions<AccountOptions> options, AccountService accounts, AccountSignIn signIn, TokenSessions sessions)
    {
        if (!options.Value.AllowRegistration)
        {
            throw new RequestProblem(403, "registration_closed",
                "Registration is closed on this server. Ask its admin for an account (users create --email E --password P), or to set Accounts:AllowRegistration to true.");
        }
        var (input, email, password) = await ReadCredentialsAsync(http);
        var account = await CreateAsync(input, accounts, email, password, http.RequestAborted);
        var pair = await sessions.OpenAsync(await signIn.CreateUserPrincipalAsync(account), http.RequestAborted);
        var body = Person(account, isAdmin: false);
        foreach (var (name, value) in Tokens(pair))
            body[name] = value?.DeepClone();
        return AgenticApi.Answer(body, StatusCodes.Status201Created);
    }

    /// <summary>An address or password that will not do is a field that does not fit.</summary>
    private static async Task<Account> CreateAsync(
        FastApiInput input, AccountService accounts, string email, string password, CancellationToken cancellationToken)
    {
        try
        {
            return await accounts.CreateAsync(email, password, isAdmin: false, cancellationToken);
        }
        catch (RequestProblem problem) when (problem is { Status: StatusCodes.Status400BadRequest, Field: { } field })
        {
            input.Reject(field, "value_error", problem.Message);
            input.ThrowIfInvalid();
            throw;
        }
    }

    private static async Task<IResult> LoginAsync(HttpContext http, AccountSignIn signIn, TokenSessions sessions)
    {
        var (_, email, password) = await ReadCredentialsAsync(http);
        var person = await signIn.CheckAsync(email, password) ?? throw new RequestProblem(401, "wrong_credentials", "Incorrect email or password");
        return AgenticApi.Answer(Tokens(await sessions.OpenAsync(person, http.RequestAborted)));
    }

    private static async Task<IResult> RefreshAsync(HttpContext http, TokenSessions sessions)
    {
        var input = await FastApiInput.FromBodyAsync(http);
        string? token = input.String("refresh_token", required: true);
        input.ThrowIfInvalid();
        var pair = await sessions.RefreshAsync(token!, http.RequestAborted) ?? throw new RequestProblem(401, "invalid_token", "Invalid token");
        return AgenticApi.Answer(Tokens(pair));
    }

    private static async Task<IResult> LogoutAsync(HttpContext http, AccountSessions sessions) =>
        await sessions.EndAsync(http.User, http.RequestAborted)
            ? AgenticApi.Answer(new JsonObject { ["message"] = "Successfully logged out" })
            : throw RequestProblem.Invalid("token", "This is no token of a login. An API key ends when it is revoked.");

    private static async Task<IResult> MeAsync(HttpContext http, UserManager<Account> users) =>
        AgenticApi.Answer(Person((await users.GetUserAsync(http.User))!, CurrentUser.From(http.User).IsAdmin));

    private static IResult Verify(HttpContext http) =>
        AgenticApi.Answer(new JsonObject { ["valid"] = true, ["user_id"] = CurrentUser.From(http.User).Id.ToString() });

    /// <summary>From JSON, or from a form with <c>username</c>, as OAuth's password grant has it (RFC 6749, section 4.3.2).</summary>
    private static async Task<(FastApiInput Input, string Email, string Password)> ReadCredentialsAsync(HttpContext http)
    {
        var input = http.Request.HasFormContentType ? await FastApiInput.FromFormAsync(http) : await FastApiInput.FromBodyAsync(http);
        string? email = input.String("username") ?? input.String("email", required: true);
        string? password = input.String("password", required: true);
        input.ThrowIfInvalid();
        return (input, email!, password!);
    }

    private static JsonObject Person(Account account, bool isAdmin) => new()
    {
        ["id"] = account.Id.ToString(), ["email"] = account.Email, ["full_name"] = account.DisplayName, ["is_active"] = true,
        ["is_admin"] = isAdmin, ["created_at"] = IsoTime.Of(account.CreatedAt),
    };

    private static JsonObject Tokens(TokenPair pair) =>
        new() { ["access_token"] = pair.AccessToken, ["refresh_token"] = pair.RefreshToken, ["token_type"] = "bearer" };
}
