using ChatApp.Conversations;

namespace ChatApp.Components.Chat;

/// <summary>The shown branch, as the thread renders it.</summary>
public static class ShownPath
{
    /// <summary>
    /// The loaded branch with those messages of the shown one that are still the same put in as the same instances: components
    /// skip a message whose instance they have rendered.
    /// </summary>
    public static IReadOnlyList<MessageView> Reuse(IReadOnlyList<MessageView> shown, IReadOnlyList<MessageView> loaded)
    {
        var known = shown.ToDictionary(m => m.Id);
        return loaded.Select(m => known.TryGetValue(m.Id, out var same) && same.LooksLike(m) ? same : m).ToList();
    }
}
