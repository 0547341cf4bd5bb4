using ChatApp.Conversations;
using ChatApp.Identity;

namespace ChatApp.Components.Chat;

/// <summary>
/// What a page has loaded of the shown branch: its end, and above it as much as its reader has asked for. Belongs to one page and its dispatcher.
/// </summary>
internal sealed class ThreadHistory(MessageTree tree)
{
    /// <summary>Messages that are loaded at once.</summary>
    public const int PageSize = 30;

    /// <summary>Oldest first. A message that has not changed stays the same instance.</summary>
    public IReadOnlyList<MessageView> Messages { get; private set; } = [];

    /// <summary>Whether the branch goes on above.</summary>
    public bool HasEarlier { get; private set; }

    /// <summary>Forgets what was loaded, for another conversation.</summary>
    public void Clear() => (Messages, HasEarlier) = ([], false);

    /// <summary>What would be shown; nothing changes before <see cref="Show"/>. Null when the caller has no such conversation.</summary>
    public async Task<ThreadWindow?> LoadAsync(CurrentUser caller, Guid conversationId, CancellationToken cancellationToken)
    {
        var first = Messages.FirstOrDefault(m => m.ConversationId == conversationId)?.Id;
        // A send adds two; above, it begins where it began.
        var window = await tree.LoadAsync(caller, conversationId, null, Math.Max(PageSize, Messages.Count + 2), cancellationToken);
        if (window is null)
            return null;
        int extra = window.Messages.TakeWhile(m => m.Id != first).Count();
        if (first is not null && extra > 0 && extra < window.Messages.Count)
            window = new ThreadWindow([.. window.Messages.Skip(extra)], true);
        return window;
    }

    public void Show(ThreadWindow window) => (Messages, HasEarlier) = (ShownPath.Reuse(Messages, window.Messages), window.HasEarlier);

    /// <summary>Loads the messages above the first one that is shown.</summary>
    public async Task LoadEarlierAsync(CurrentUser caller, CancellationToken cancellationToken)
    {
        if (!HasEarlier || Messages is not [var first, ..])
            return;
        if (await tree.LoadAsync(caller, first.ConversationId, first.Id, PageSize, cancellationToken) is not { } window)
            return;
        // Another branch or conversation may have been shown meanwhile.
        if (Messages is [var still, ..] && still.Id == first.Id)
            (Messages, HasEarlier) = ([.. window.Messages, .. Messages], window.HasEarlier);
    }
}
