using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Runs.Log;
using Microsoft.Extensions.AI;

namespace ChatApp.Runs;

/// <summary>Makes the rows that a run begins with, and what its model is asked.</summary>
internal sealed class RunComposer(ConversationService conversations, RunLease lease, TimeProvider time)
{
    /// <param name="title">Of a conversation that begins without a word.</param>
    public RunStart Compose(RunRequest request, KeyClaim? key, Branch branch, AgentProfile agent, ModelTarget model, string title)
    {
        var now = time.GetUtcNow();
        var at = now.UtcDateTime;
        var conversationId = request.ConversationId ?? Guid.CreateVersion7(now);
        // A new conversation begins with what its client says was said before.
        List<Message> transcript = request.ConversationId == null ? Earlier(request.Transcript, conversationId, now) : [];
        var question = request.Input == null ? null : new Message
        {
            Id = Guid.CreateVersion7(now), ConversationId = conversationId, ParentId = transcript.Count > 0 ? transcript[^1].Id : branch.Leaf?.Id,
            Role = MessageRole.User, Status = MessageStatus.Completed, Content = request.Input, Metadata = request.Metadata,
            AuthorId = request.Author?.Id, AuthorName = request.Author?.Name, CreatedAt = at,
        };
        // Without a question of its own it answers the stored one once more, beside the earlier answers.
        var questionId = question?.Id ?? (branch.Leaf!.Role == MessageRole.User ? branch.Leaf.Id : branch.Leaf.ParentId!.Value);
        var run = new Run
        {
            Id = Guid.CreateVersion7(now), OwnerId = request.Caller.Id, ConversationId = conversationId, UserMessageId = questionId,
            MessageId = Guid.CreateVersion7(now), AgentRevisionId = agent.RevisionId, Agent = agent.Slug, Model = model.Address, Metered = request.Metered,
            Status = RunStatus.Running, LeaseOwner = lease.Owner, CreatedAt = at,
        };
        var answer = new Message
        {
            Id = run.MessageId, ConversationId = conversationId, ParentId = questionId,
            Role = MessageRole.Assistant, Status = MessageStatus.Streaming, Content = "", RunId = run.Id, CreatedAt = at,
        };
        var conversation = request.ConversationId != null ? null : new Conversation
        {
            Id = conversationId, OwnerId = request.Caller.Id, Title = ConversationTitle.From(string.IsNullOrWhiteSpace(question!.Content) ? title : question.Content), AgentId = agent.Id,
            Source = request.Origin?.Source, ExternalId = request.Origin?.ExternalId, Layer = request.Origin?.Layer, SystemPrompt = request.SystemPrompt,
            ActiveLeafId = answer.Id, CreatedAt = at, UpdatedAt = at, IsTemporary = request.IsTemporary,
        };
        return new RunStart(run, conversation, question, answer, key?.For(run))
        {
            WantsTitle = branch.IsUntitled && request is { WantsTitle: true, IsTemporary: false, Origin: null },
            Transcript = transcript,
            Attachments = question == null
                ? []
                : [.. request.Attachments.Select((a, i) => new MessageAttachment { MessageId = question.Id, Position = i, FileId = a.FileId, Url = a.Url })],
        };
    }

    private static List<Message> Earlier(IReadOnlyList<TranscriptMessage>? transcript, Guid conversationId, DateTimeOffset now)
    {
        var messages = new List<Message>(transcript?.Count ?? 0);
        foreach (var said in transcript ?? [])
        {
            messages.Add(new Message
            {
                Id = Guid.CreateVersion7(now), ConversationId = conversationId, ParentId = messages.Count > 0 ? messages[^1].Id : null,
                Role = said.Role, Status = MessageStatus.Completed, Content = said.Content, CreatedAt = now.UtcDateTime,
            });
        }
        return messages;
    }

    /// <summary>What the model is asked, and the text that its answer goes on from.</summary>
    public static (ModelCall Call, string Continued) CallFor(RunRequest request, Branch branch, AgentProfile agent, ModelTarget model)
    {
        var history = request.Transcript?.Select(t => new BranchMessage(t.Role, t.Content, null)).ToList() ?? branch.Messages;
        var messages = new List<ChatMessage>(history.Count + 2);
        // Both were given for the conversation's own agent: they must not undo the prompt of another one, nor bring anybody close to its persona.
        bool isOwn = agent.Slug == branch.Agent;
        string prompt = SystemPrompt.Compose(
            agent, request.SystemPrompt ?? (isOwn ? branch.SystemPrompt : null), request.Origin?.Layer ?? (isOwn ? branch.Layer : null), request.Variables);
        if (prompt.Length > 0)
            messages.Add(new ChatMessage(ChatRole.System, prompt));
        foreach (var message in history)
        {
            // Providers refuse empty messages; an answer that failed before its first token has none.
            if (message.Content.Length > 0 || message.Attachments.Count > 0)
                messages.Add(Told(message));
        }
        string continued = request.Input == null && history is [.., (MessageRole.Assistant, var partial, _)] ? partial : "";
        if (request.Input != null)
            messages.Add(Told(new BranchMessage(MessageRole.User, request.Input, request.Author?.Name) { Attachments = request.Attachments }));
        else if (continued.Length > 0)
            messages.Add(new ChatMessage(ChatRole.User, ContinueInstruction));
        KeepNewestMedia(messages);
        string? said = request.Input ?? history.LastOrDefault(m => m.Role == MessageRole.User)?.Content;
        return (new ModelCall(model, messages, OptionsFor(request, agent, model), agent.FallbackModel)
        {
            Moderation = agent.ModerationAgent is { } judge && !string.IsNullOrWhiteSpace(said) ? new ModerationQuestion(judge, said) : null,
        }, continued);
    }

    /// <summary>The same when it is the run's turn: one that waits has where its history is, not the history, of which a full queue would hold a thousand.</summary>
    /// <param name="start">Is durable.</param>
    public Func<CancellationToken, Task<ModelCall>> ComposeLater(RunRequest request, RunStart start, Branch branch, AgentProfile agent, ModelTarget model)
    {
        // A new conversation has stored what its client says was said before; to one that goes on it is said for this answer only.
        if (start.NewConversation != null)
            request = request with { Transcript = null };
        var conversation = start.Run.ConversationId;
        var last = start.UserMessage != null ? start.UserMessage.ParentId : branch.Leaf?.Id;
        branch = branch with { Messages = [] };
        return async cancellationToken =>
        {
            if (request.Transcript != null || last == null)
                return CallFor(request, branch, agent, model).Call;
            var stored = await conversations.FindBranchAsync(request.Caller, conversation, last, cancellationToken)
                ?? throw RequestProblem.NotFound("conversation_id", "There is no such conversation.");
            return CallFor(request, branch with { Messages = stored.Messages }, agent, model).Call;
        };
    }

    /// <summary>Where several people talk, the model is told who says what.</summary>
    private static ChatMessage Told(BranchMessage message)
    {
        string text = message.AuthorName == null ? message.Content : $"{message.AuthorName}: {message.Content}";
        var contents = message.Attachments.Select(AIContent (a) => a switch
        {
            { FileId: { } id } => new StoredFileContent(id),
            // Looked at again: it may have been stored by a version that took more.
            { Url: { } url } when MediaAddress.Read(url) is { } address && !MediaAddress.IsInside(address) => new UriContent(url, "image/*"),
            _ => new TextContent(RunMedia.Gone),
        });
        return new ChatMessage(
            message.Role == MessageRole.User ? ChatRole.User : ChatRole.Assistant, [.. text.Length > 0 ? [new TextContent(text)] : Array.Empty<AIContent>(), .. contents]);
    }

    /// <summary>A long conversation would else bring all its images along again with each question.</summary>
    private static void KeepNewestMedia(List<ChatMessage> messages)
    {
        int count = 0;
        for (int i = messages.Count - 1; i >= 0; i--)
        {
            var contents = messages[i].Contents;
            for (int j = contents.Count - 1; j >= 0; j--)
            {
                if (contents[j] is not TextContent && ++count > MaxMedia)
                    contents[j] = new TextContent("[An earlier file.]");
            }
        }
    }

    private static ChatOptions OptionsFor(RunRequest request, AgentProfile agent, ModelTarget model) => new()
    {
        ModelId = model.ModelName,
        Temperature = (float?)(request.Temperature ?? agent.Temperature),
        TopP = (float?)agent.TopP,
        MaxOutputTokens = request.MaxOutputTokens ?? agent.MaxOutputTokens,
    };

    private const int MaxMedia = 10;

    private const string ContinueInstruction =
        "Your last answer was cut off. Go on exactly where it stops, with the very next character. Repeat nothing, add no introduction.";
}
