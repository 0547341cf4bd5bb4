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

    /// <summary>
    /// What would be shown: from where it begins now, or from what stands there on another branch, to the end. Nothing changes before <see cref="Show"/>.
    /// Null when the caller has no such conversation.
    /// </summary>
    public async Task<ThreadWindow?> LoadAsync(CurrentUser caller, Guid conversationId, CancellationToken cancellationToken)
    {
        var first = Messages.FirstOrDefault(m => m.ConversationId == conversationId);
        // A send adds two.
        var window = await tree.LoadAsync(caller, conversationId, null, Math.Max(PageSize, Messages.Count + 2), cancellationToken);
        if (window is null)
            return null;
        if (first is not null)
        {
            int extra = window.Messages.TakeWhile(m => m.ParentId != first.ParentId).Count();
            if (extra == window.Messages.Count)
                window = await tree.LoadUpToAsync(caller, conversationId, null, first.Id, cancellationToken) ?? window;
            else if (extra > 0)
                window = new ThreadWindow([.. window.Messages.Skip(extra)], true);
        }
        return window;
    }

    public void Show(ThreadWindow window)
    {
        // What was loaded above it meanwhile stays: above one message there is one path.
        var above = window.Messages is [var first, ..] ? Messages.TakeWhile(m => m.Id != first.Id).ToList() : [];
        if (above.Count == Messages.Count)
            (Messages, HasEarlier) = (ShownPath.Reuse(Messages, window.Messages), window.HasEarlier);
        else
            Messages = [.. above, .. ShownPath.Reuse(Messages, window.Messages)];
    }

    /// <summary>Loads messages above the first one that is shown.</summary>
    /// <param name="upTo">All up to this message, if it is among them; null for a page of them.</param>
    public async Task LoadEarlierAsync(CurrentUser caller, Guid? upTo, CancellationToken cancellationToken)
    {
        if (!HasEarlier || Messages is not [var first, ..])
            return;
        var window = upTo is { } message
            ? await tree.LoadUpToAsync(caller, first.ConversationId, first.Id, message, cancellationToken)
            : await tree.LoadAsync(caller, first.ConversationId, first.Id, PageSize, cancellationToken);
        if (window is null)
            return;
        // Another branch or conversation may have been shown meanwhile.
        if (Messages is [var still, ..] && still.Id == first.Id)
            (Messages, HasEarlier) = ([.. window.Messages, .. Messages], window.HasEarlier);
    }
}
