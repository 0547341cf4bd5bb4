namespace ChatApp.Components.Account;

/// <summary>Where to go after signing in: only ever somewhere on this server.</summary>
internal static class LocalUrl
{
    // Browsers read a backslash as a slash, and skip control characters. Headers are ASCII.
    public static string OrHome(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && url.All(c => c is > ' ' and <= '~') ? url : "/";
}
