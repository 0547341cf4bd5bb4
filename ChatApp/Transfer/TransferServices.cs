namespace ChatApp.Transfer;

public static class TransferServices
{
    /// <summary>Export and import of a person's conversations.</summary>
    public static IServiceCollection AddTransfer(this IServiceCollection services)
    {
        services.AddOptions<TransferLimits>().BindConfiguration("Transfer")
            .Validate(o => o.MaxUnpackedBytes > 0, "Transfer:MaxUnpackedBytes must be at least 1.")
            .Validate(o => o.MaxEntries > 0, "Transfer:MaxEntries must be at least 1.")
            .Validate(o => o.MaxRatio > 0, "Transfer:MaxRatio must be at least 1.")
            .Validate(o => o.MaxConversationBytes > 0, "Transfer:MaxConversationBytes must be at least 1.")
            .Validate(o => o.MaxConversationTokens > 0, "Transfer:MaxConversationTokens must be at least 1.")
            .Validate(o => o.MaxConversations > 0, "Transfer:MaxConversations must be at least 1.")
            .Validate(o => o.MaxRefused > 0, "Transfer:MaxRefused must be at least 1.")
            .Validate(o => o.MaxMessages > 0, "Transfer:MaxMessages must be at least 1.")
            .Validate(o => o.MaxMessageChars > 0, "Transfer:MaxMessageChars must be at least 1.")
            .Validate(o => o.MaxAttachments > 0, "Transfer:MaxAttachments must be at least 1.")
            .ValidateOnStart();
        return services.AddSingleton<RunDescriptions>().AddSingleton<ConversationReader>().AddSingleton<ArchiveExport>().AddSingleton<ConversationStore>().AddSingleton<LibraryStore>()
            .AddSingleton<ImportTurns>().AddSingleton<Importer>();
    }
}
