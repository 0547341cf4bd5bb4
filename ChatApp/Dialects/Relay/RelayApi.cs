using ChatApp.Data.Entities;
using ChatApp.Dialects.FastApi;
using ChatApp.Dialects.Sse;
using ChatApp.Identity;
using ChatApp.Runs;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace ChatApp.Dialects.Relay;

/// <summary>The API of Relay: the client brings the conversation along, or names it.</summary>
internal static class RelayApi
{
    private const int DefaultMaxTokens = 2048;
    private const double DefaultTemperature = 0.7;
    private const int MaxConversationId = 200;

    public static IServiceCollection AddRelay(this IServiceCollection services)
    {
        services.AddOptions<RelayOptions>().BindConfiguration("Relay")
            .Validate(o => !o.Open || !string.IsNullOrWhiteSpace(o.Account), "Relay:Open needs Relay:Account, the e-mail address of the account that owns the conversations.")
            .Validate(o => o.MaxMessages > 0, "Relay:MaxMessages must be at least 1.")
            .ValidateOnStart();
        return services.AddScoped<RelayCaller>();
    }

    public static void MapRelay(this IEndpointRouteBuilder routes) => routes.MapPost("/ai/stream/chat", ChatAsync)
        .RequireAuthorization(RelayCaller.AddRequirements)
        .WithMetadata(new FastApiErrors(Unauthorized), new RequestSizeLimitAttribute(8 * 1024 * 1024)).RequireCors(CrossOrigin.Policy).ExcludeFromDescription();

    private static async Task ChatAsync(HttpContext http, RelayCaller callers, IOptions<RelayOptions> options, RunService runs, SseStream sse)
    {
        var caller = await callers.FindAsync(http);
        var input = await FastApiInput.FromBodyAsync(http);
        string? conversation = input.String("conversation_id", max: MaxConversationId);
        int maxTokens = input.Integer("max_tokens") ?? DefaultMaxTokens;
        if (maxTokens < 1)
            input.Reject("max_tokens", "greater_than_equal", "Input should be greater than or equal to 1");
        double temperature = input.Number("temperature") ?? DefaultTemperature;
        if (temperature is < 0 or > 2)
            input.Reject("temperature", "value_error", "Input should be from 0 to 2");
        var transcript = RelayTranscript.Read(input, options.Value.MaxMessages);
        var run = await runs.StartAsync(
            new RunRequest(caller, transcript.Question)
            {
                Transcript = transcript.Earlier,
                SystemPrompt = transcript.SystemPrompt,
                Origin = new ConversationOrigin(ConversationSources.Relay, string.IsNullOrEmpty(conversation) ? null : conversation),
                MaxOutputTokens = maxTokens,
                Temperature = temperature,
                WaitsForTurn = true,
                IdempotencyKey = RunHeaders.KeyOf(http.Request),
            },
            http.RequestAborted);
        await sse.WriteAsync(http, run.RunId, 0, new RelayProjection(), RelayProjection.WriteDone);
    }

    private static (int Status, string Detail) Unauthorized(HttpContext http) => (StatusCodes.Status401Unauthorized,
        FastApiErrors.HasCredential(http) ? "Invalid or expired token" : "Not authenticated");
}
