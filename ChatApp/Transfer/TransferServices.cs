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
            .Validate(o => o.MaxMessages > 0, "Transfer:MaxMessages must be at least 1.")
            .ValidateOnStart();
        return services.AddSingleton<ConversationReader>().AddSingleton<ArchiveExport>().AddSingleton<ImportedFiles>().AddSingleton<ConversationStore>().AddSingleton<PromptStore>()
            .AddSingleton<Importer>();
    }
}
