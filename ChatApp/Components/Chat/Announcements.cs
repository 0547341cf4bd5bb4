using ChatApp.Runs;
using Microsoft.Extensions.Localization;

namespace ChatApp.Components.Chat;

/// <summary>What a page says to those who hear it.</summary>
internal static class Announcements
{
    /// <summary>How an answer ended.</summary>
    public static string EndOf(this IStringLocalizer<Texts> t, RunFinishedData finished) => finished.Status switch
    {
        "completed" => t["Answer finished."],
        "cancelled" => t["Answer stopped."],
        _ => t["The answer broke off."],
    };
}
