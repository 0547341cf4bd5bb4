namespace ChatApp.Conversations;

public static class ConversationsServices
{
    public static IServiceCollection AddConversations(this IServiceCollection services) => services
        .AddSingleton<ConversationService>()
        .AddSingleton<PersonaConversations>()
        .AddSingleton<ConversationFeed>()
        .AddSingleton<MessageTree>()
        .AddSingleton<MessageNotes>()
        .AddSingleton<Drafts>();
}
