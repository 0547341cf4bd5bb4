namespace ChatApp.Ask;

public static class AskServices
{
    /// <summary>Sessions in which several people talk with one agent.</summary>
    public static IServiceCollection AddAsk(this IServiceCollection services) => services
        .AddInviteRedaction()
        .AddSingleton<AskSessions>()
        .AddSingleton<AskParticipants>()
        .AddSingleton<AskAccess>()
        .AddSingleton<AskSetup>()
        .AddSingleton<AskConversation>()
        .AddSingleton<AskInsights>();
}
