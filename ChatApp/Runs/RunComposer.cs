using ChatApp.Agents;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Providers;
using ChatApp.Runs.Log;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>Makes the rows that a run begins with, and what its model is asked.</summary>
internal sealed class RunComposer(RunLease lease, IOptions<RunOptions> options, TimeProvider time)
{
    private readonly RunOptions _options = options.Value;

    public RunStart Compose(RunRequest request, KeyClaim? key, Branch branch, AgentProfile agent, ModelTarget model)
    {
        var now = time.GetUtcNow();
        var at = now.UtcDateTime;
        var conversationId = request.ConversationId ?? Guid.CreateVersion7(now);
        var question = request.Input == null ? null : new Message
        {
            Id = Guid.CreateVersion7(now), ConversationId = conversationId, ParentId = branch.Leaf?.Id,
            Role = MessageRole.User, Status = MessageStatus.Completed, Content = request.Input, Metadata = request.Metadata, CreatedAt = at,
        };
        // Without a question of its own it answers the stored one once more, beside the earlier answers.
        var questionId = question?.Id ?? (branch.Leaf!.Role == MessageRole.User ? branch.Leaf.Id : branch.Leaf.ParentId!.Value);
        var run = new Run
        {
            Id = Guid.CreateVersion7(now), OwnerId = request.Caller.Id, ConversationId = conversationId, UserMessageId = questionId,
            MessageId = Guid.CreateVersion7(now), AgentRevisionId = agent.RevisionId, Agent = agent.Slug, Model = model.Address,
            Status = RunStatus.Running, LeaseOwner = lease.Owner, LeaseExpiresAt = at + _options.Lease, CreatedAt = at,
        };
        var answer = new Message
        {
            Id = run.MessageId, ConversationId = conversationId, ParentId = questionId,
            Role = MessageRole.Assistant, Status = MessageStatus.Streaming, Content = "", RunId = run.Id, CreatedAt = at,
        };
        var conversation = request.ConversationId != null ? null : new Conversation
        {
            Id = conversationId, OwnerId = request.Caller.Id, Title = ConversationTitle.From(question!.Content), AgentId = agent.Id,
            ActiveLeafId = answer.Id, CreatedAt = at, UpdatedAt = at,
        };
        return new RunStart(run, conversation, question, answer, key?.For(run));
    }

    /// <summary>What the model is asked, and the text that its answer goes on from.</summary>
    public static (ModelCall Call, string Continued) CallFor(RunRequest request, Branch branch, AgentProfile agent, ModelTarget model)
    {
        var messages = new List<ChatMessage>(branch.Messages.Count + 2);
        if (agent.Prompt.Length > 0)
            messages.Add(new ChatMessage(ChatRole.System, agent.Prompt));
        foreach (var (role, content) in branch.Messages)
        {
            // Providers refuse empty messages; an answer that failed before its first token has none.
            if (content.Length > 0)
                messages.Add(new ChatMessage(role == MessageRole.User ? ChatRole.User : ChatRole.Assistant, content));
        }
        string continued = request.Input == null && branch.Messages is [.., (MessageRole.Assistant, var partial)] ? partial : "";
        if (request.Input != null)
            messages.Add(new ChatMessage(ChatRole.User, request.Input));
        else if (continued.Length > 0)
            messages.Add(new ChatMessage(ChatRole.User, ContinueInstruction));
        return (new ModelCall(model, messages, OptionsFor(agent, model)), continued);
    }

    private static ChatOptions OptionsFor(AgentProfile agent, ModelTarget model) => new()
    {
        ModelId = model.ModelName,
        Temperature = (float?)agent.Temperature,
        TopP = (float?)agent.TopP,
        MaxOutputTokens = agent.MaxOutputTokens,
    };

    private const string ContinueInstruction =
        "Your last answer was cut off. Go on exactly where it stops, with the very next character. Repeat nothing, add no introduction.";
}
