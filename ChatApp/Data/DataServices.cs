using ChatApp.Data.Sqlite;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;

namespace ChatApp.Data;

public static class DataServices
{
    private const string NoDirectory = "Data:Directory must name a folder.";

    /// <summary>The database, its migrations and the key ring that protects secrets at rest.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DataOptions>().Bind(configuration.GetSection("Data"))
            .Validate(o => !string.IsNullOrWhiteSpace(o.Directory), NoDirectory).ValidateOnStart();
        var directory = new DataOptions();
        configuration.GetSection("Data").Bind(directory);
        if (string.IsNullOrWhiteSpace(directory.Directory))
            throw new OptionsValidationException("Data", typeof(DataOptions), [NoDirectory]);
        services.AddSingleton(TimeProvider.System);
        services.AddDbContextFactory<SqliteChatDbContext>((provider, options) => options
            .UseSqlite(provider.GetRequiredService<IOptions<DataOptions>>().Value.SqliteConnectionString)
            // What belongs to a conversation that was thrown away is to be as invisible as the conversation.
            .ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.PossibleIncorrectRequiredNavigationWithQueryFilterInteractionWarning))
            .AddInterceptors(new SqlitePragmas()));
        services.AddSingleton<IDbContextFactory<ChatDbContext>, SqliteFactory>();
        services.AddSingleton<SqliteMigrator>();
        services.AddSingleton<IRunLogDatabase, SqliteRunLogDatabase>();
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext());
        services.AddDataProtection()
            .SetApplicationName("ChatApp")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(directory.FullDirectory, "keys")));
        return services;
    }

    /// <summary>Creates the data directory and the database where there are none, closes the directory to others and brings the schema up to date.</summary>
    public static Task MigrateAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        DataDirectory.Prepare(
            services.GetRequiredService<IOptions<DataOptions>>().Value.FullDirectory, services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DataDirectory)));
        return services.GetRequiredService<SqliteMigrator>().MigrateAsync(cancellationToken);
    }

    private sealed class SqliteFactory(IDbContextFactory<SqliteChatDbContext> inner) : IDbContextFactory<ChatDbContext>
    {
        public ChatDbContext CreateDbContext() => inner.CreateDbContext();
    }
}
