namespace ChatApp.Profiles;

/// <summary>Registers what a person's own account needs.</summary>
public static class ProfilesServices
{
    /// <summary>What a person sets about themselves, what they have used, and how they leave.</summary>
    public static IServiceCollection AddProfiles(this IServiceCollection services) =>
        services.AddSingleton<ProfileService>().AddSingleton<UsageReport>().AddSingleton<ConversationRemoval>().AddScoped<AccountRemoval>();
}
