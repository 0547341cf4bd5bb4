using Microsoft.Extensions.AI;

namespace ChatApp.Providers;

/// <summary>How a model is asked to go on with an answer that broke off: the answer as far as it came, then this instruction.</summary>
internal static class Continuation
{
    public const string Instruction =
        "Your last answer was cut off. Go on exactly where it stops, with the very next character. Repeat nothing, add no introduction.";

    /// <summary>The text to go on from; null when something else is asked.</summary>
    public static string? PartOf(IReadOnlyList<ChatMessage> messages) =>
        messages is [.., { } answer, { } last] && answer.Role == ChatRole.Assistant && last.Role == ChatRole.User && last.Text == Instruction ? answer.Text : null;
}
