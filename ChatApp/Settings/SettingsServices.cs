namespace ChatApp.Settings;

public static class SettingsServices
{
    public static IServiceCollection AddSettings(this IServiceCollection services) => services.AddSingleton<SecretProtector>();
}
