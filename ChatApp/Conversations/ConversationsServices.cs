namespace ChatApp.Conversations;

/// <summary>Registers the conversations and what is kept with them.</summary>
public static class ConversationsServices
{
    /// <summary>With the clock that purges what was thrown away.</summary>
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.AddOptions<ConversationOptions>().BindConfiguration("Conversations")
            .Validate(o => o.DeletedRetention >= TimeSpan.FromMinutes(1), "Conversations:DeletedRetention must be at least one minute.")
            .Validate(o => o.TemporaryGrace >= TimeSpan.Zero, "Conversations:TemporaryGrace must not be negative.")
            .Validate(o => o.TemporaryRetention >= TimeSpan.FromMinutes(1), "Conversations:TemporaryRetention must be at least one minute.")
            .ValidateOnStart();
        services.AddSingleton<ConversationService>();
        services.AddSingleton<MessageTree>();
        services.AddSingleton<MessageNotes>();
        services.AddSingleton<ConversationEdits>();
        services.AddSingleton<ConversationDeletion>();
        services.AddSingleton<ConversationIndex>();
        services.AddSingleton<ConversationSearch>();
        services.AddSingleton<SearchIndex>();
        services.AddSingleton<Sharing>();
        services.AddSingleton<Folders>();
        services.AddSingleton<Tags>();
        services.AddSingleton<Drafts>();
        services.AddSingleton<TemporaryChats>();
        services.AddSingleton<ConversationPurge>();
        services.AddSingleton<PersonaConversations>();
        services.AddSingleton<ConversationFeed>();
        services.AddHostedService<ConversationHousekeeping>();
        services.AddHostedService<SearchIndexing>();
        return services;
    }
}
