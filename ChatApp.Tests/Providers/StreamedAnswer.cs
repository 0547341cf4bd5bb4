using ChatApp.Providers;
using Microsoft.Extensions.AI;
using Xunit;

namespace ChatApp.Tests.Providers;

/// <summary>All that a client streamed for one question, and the fault that ended it, if one did.</summary>
internal sealed record StreamedAnswer(IReadOnlyList<ChatResponseUpdate> Updates, ProviderException? Fault)
{
    public IEnumerable<AIContent> Contents => Updates.SelectMany(u => u.Contents);
    public string Text => string.Concat(Contents.OfType<TextContent>().Select(c => c.Text));
    public string Reasoning => string.Concat(Contents.OfType<TextReasoningContent>().Select(c => c.Text));
    public ChatFinishReason? Finish => Updates.LastOrDefault(u => u.FinishReason is not null)?.FinishReason;
    public UsageDetails Usage => Assert.Single(Contents.OfType<UsageContent>()).Details;

    public static async Task<StreamedAnswer> ReadAsync(
        IChatClient client, string model = "m", IEnumerable<ChatMessage>? messages = null, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ChatOptions();
        options.ModelId = model;
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(messages ?? [new ChatMessage(ChatRole.User, "hi")], options, cancellationToken))
                updates.Add(update);
            return new StreamedAnswer(updates, null);
        }
        catch (ProviderException e)
        {
            return new StreamedAnswer(updates, e);
        }
    }
}
