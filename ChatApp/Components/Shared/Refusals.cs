using ChatApp.Data;
using Microsoft.Extensions.Localization;

namespace ChatApp.Components.Shared;

/// <summary>Tells what a person can do something about from a fault of ours, which only the log can explain.</summary>
internal static class Refusals
{
    /// <summary>Why something could not be done, for the person who asked for it; null for a fault of ours.</summary>
    public static string? Why(this IStringLocalizer<Texts> t, Exception exception) => exception switch
    {
        RequestProblem problem => t.Say(problem),
        _ when StorageFaults.IsUnavailable(exception) => t["The server can't do this just now. Try again in a moment."],
        _ => null,
    };
}
