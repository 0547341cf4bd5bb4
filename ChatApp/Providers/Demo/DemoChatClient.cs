using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.Demo;

/// <summary>Works offline: answers questions from the product's docs at reading pace, and the commands of <see cref="DemoCommand"/>.</summary>
public sealed class DemoChatClient(DocsIndex docs, TimeProvider time) : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var asked = conversation.LastOrDefault(m => m.Role == ChatRole.User);
        string question = asked == null ? "" : string.Concat(asked.Contents.OfType<TextContent>().Where(c => FileText.NameOf(c) == null));
        bool first = !conversation.Any(m => m.Role == ChatRole.Assistant);
        string files = asked == null ? "" : DemoFiles.Describe(asked.Contents);
        var answer = DemoCommand.Parse(question, time.GetUtcNow())
            ?? DemoAnswer.Of(files + (files.Length > 0 && question.Length == 0 ? "" : DocsAnswer.Compose(docs, question, first)));

        // Now: once the answer has begun, its caller may let go of the conversation.
        int inputTokens = conversation.Sum(m => DemoAnswer.Split(m.Text).Count());
        long began = time.GetTimestamp();
        int sent = 0;
        foreach (string token in answer.Reasoning)
        {
            await PaceAsync(began, answer.Delay * sent++, cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent(token)]);
        }
        int reasoned = sent;
        foreach (var content in answer.Call?.Contents ?? [])
        {
            await PaceAsync(began, answer.Delay * sent++, cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
        }
        int said = 0;
        foreach (string token in answer.Tokens.Concat([""]))
        {
            if (said == answer.FailsAfter)
                throw new ProviderException(ProviderFault.ServerError, "The provider Demo failed, as it was asked to.");
            if (said == answer.HangsAfter)
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            if (token.Length == 0)
                break;
            await PaceAsync(began, answer.Delay * sent++, cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextContent(token)]);
            said++;
        }
        var usage = new UsageDetails
        {
            InputTokenCount = inputTokens,
            OutputTokenCount = sent,
            ReasoningTokenCount = reasoned,
        };
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(usage).AsEstimated()]) { FinishReason = answer.Finish };
    }

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // Owns nothing.
    }

    // Counted from the beginning, so that late timers do not add up.
    private async ValueTask PaceAsync(long began, TimeSpan due, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wait = due - time.GetElapsedTime(began);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
    }
}
