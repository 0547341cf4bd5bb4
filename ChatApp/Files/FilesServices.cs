namespace ChatApp.Files;

public static class FilesServices
{
    public static IServiceCollection AddFiles(this IServiceCollection services)
    {
        services.AddOptions<FileLimits>().BindConfiguration("Files")
            .Validate(o => o.MaxBytes > 0, "Files:MaxBytes must be at least 1.")
            .Validate(o => o.MaxBytesPerAccount > 0, "Files:MaxBytesPerAccount must be at least 1.")
            .Validate(o => o.MaxPerMessage > 0, "Files:MaxPerMessage must be at least 1.")
            .Validate(o => o.UnusedRetention >= TimeSpan.FromHours(1), "Files:UnusedRetention must be at least one hour.")
            .ValidateOnStart();
        return services.AddSingleton<FileStore>().AddSingleton<FileLibrary>().AddSingleton<ConversationFiles>()
            .AddHostedService<FileHousekeeping>();
    }
}
