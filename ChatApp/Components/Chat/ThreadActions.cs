using ChatApp.Agents;
using ChatApp.Components.Layout;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Runs;
using Radzen;

namespace ChatApp.Components.Chat;

/// <summary>What a reader can do with the messages of a conversation of their own.</summary>
internal sealed class ThreadActions(
    CurrentUser caller, MessageTree tree, MessageNotes notes, ToolCalls tools, DialogService dialogs, Func<RunRequest, Task<Guid?>> start, CancellationToken closed)
{
    /// <summary>Who can be asked.</summary>
    public required IReadOnlyList<AgentProfile> Agents { get; init; }

    /// <summary>UTF-16 units that a message may have.</summary>
    public required int MaxInputChars { get; init; }

    /// <summary>Whether the shown conversation is a temporary one, which can't be shared.</summary>
    public Func<bool> IsTemporary { get; init; } = () => false;

    /// <summary>Asks the same question once more, beside this answer; or a question that has no answer.</summary>
    /// <param name="agent">Slug; null for the one that gave the answer.</param>
    public async Task RetryAsync(MessageView message, string? agent = null) =>
        await AnswerAsync(message, await FindQuestionAsync(message), agent, $"retry-{message.Id}-{message.Place?.Count}-{agent}");

    /// <summary>Goes on with an answer that broke off.</summary>
    public Task ContinueAsync(MessageView answer) => AnswerAsync(answer, answer.Id, null, $"continue-{answer.Id}-{answer.Place?.Count}");

    // Among imported messages an answer may follow another one.
    private async Task<Guid?> FindQuestionAsync(MessageView message)
    {
        if (message.Role == MessageRole.User)
            return message.Id;
        var above = await tree.LoadAsync(caller, message.ConversationId, message.Id, ThreadHistory.PageSize, closed);
        return above?.Messages.LastOrDefault(m => m.Role == MessageRole.User)?.Id ?? message.ParentId;
    }

    // The keys are named after what the new answer stands beside: a double click asks once.
    private Task<Guid?> AnswerAsync(MessageView answer, Guid? parentId, string? agent, string key) => start(new RunRequest(caller, Input: null)
    {
        ConversationId = answer.ConversationId, ParentMessageId = parentId, Agent = agent ?? KnownAgentOf(answer), IdempotencyKey = key,
    });

    /// <summary>Says something else in a question's place: a branch beside it.</summary>
    /// <param name="key">The same for a repeated try.</param>
    /// <returns>Whether it was taken; if not, the page says why.</returns>
    public async Task<bool> EditAsync(MessageView question, string text, string key) => await start(new RunRequest(caller, text)
    {
        ConversationId = question.ConversationId, ParentMessageId = question.ParentId, StartsOver = question.ParentId is null, IdempotencyKey = key,
        Attachments = [.. (question.Attachments ?? []).Where(a => a.FileId is not null || a.Url is not null).Select(a => new Attachment(a.FileId, a.Url))],
    }) is not null;

    /// <summary>Shows the branch beside this message.</summary>
    /// <param name="step">-1 for the one before, 1 for the one after.</param>
    public Task ShowSiblingAsync(MessageView message, int step) => tree.ShowSiblingAsync(caller, message.ConversationId, message.Id, step, closed);

    /// <summary>Offers links by which anybody reads the branch as far as this message.</summary>
    public Task ShareAsync(MessageView message) => dialogs.OpenAsync<ShareDialog>(
        Texts.Current["Share up to here"], new() { ["ConversationId"] = message.ConversationId, ["UpTo"] = message.Id, ["Caller"] = caller }, DialogLook.Small);

    public Task<FeedbackView?> FindFeedbackAsync(MessageView answer) => notes.FindFeedbackAsync(caller, answer.Id, closed);

    /// <param name="feedback">Null to take it back.</param>
    public Task RateAsync(MessageView answer, FeedbackView? feedback) =>
        feedback is null ? notes.ClearFeedbackAsync(caller, answer.Id, closed) : notes.SetFeedbackAsync(caller, answer.Id, feedback, closed);

    public Task<MessageDetails?> FindDetailsAsync(MessageView answer) => notes.FindDetailsAsync(caller, answer.Id, closed);

    public Task<IReadOnlyList<ToolCall>> ReadToolCallsAsync(MessageView answer) =>
        tools.ReadAsync(caller, answer.Id, closed);

    // An answer from elsewhere, or of an agent that is gone: the conversation's own answers again.
    private string? KnownAgentOf(MessageView answer) => Agents.Any(a => a.Slug == answer.Agent) ? answer.Agent : null;
}
