using ChatApp.Identity;

namespace ChatApp.Conversations;

/// <summary>A person's conversations. Every method looks only at those the caller owns.</summary>
public sealed class ConversationService
{
    /// <summary>Newest first, at most <paramref name="limit"/>, those updated before <paramref name="before"/> where given.</summary>
    public Task<IReadOnlyList<ConversationSummary>> ListAsync(CurrentUser caller, int limit, DateTime? before, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<ConversationSummary?> FindAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The shown branch, root first. Null when the caller has no such conversation.</summary>
    public Task<IReadOnlyList<MessageView>?> ListPathAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<ConversationSummary> CreateAsync(CurrentUser caller, string? title, string? agent, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>False when the caller has no such conversation.</summary>
    public Task<bool> RenameAsync(CurrentUser caller, Guid id, string title, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes it with its messages and runs; a run that is still going is cancelled. False when the caller has no such conversation.</summary>
    public Task<bool> DeleteAsync(CurrentUser caller, Guid id, CancellationToken cancellationToken) => throw new NotImplementedException();
}
