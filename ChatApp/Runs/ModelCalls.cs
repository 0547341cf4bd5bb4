using System.Text.Json;
using ChatApp.Data;
using ChatApp.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>
/// Asks a model; again after a fault that may pass; then its fallback. All of that only before the first token: what
/// anybody may have seen is never taken back.
/// </summary>
internal sealed partial class ModelCalls(ModelCatalog models, IOptions<RunOptions> options, TimeProvider time, ILogger<ModelCalls> logger)
{
    private readonly RunOptions _options = options.Value;

    /// <summary>Records what the model says.</summary>
    /// <param name="report">Told about each answer that begins, so that its caller knows whose it is when this throws.</param>
    /// <exception cref="ProviderException">The last fault, when nothing helped or something had been said already.</exception>
    public async Task AnswerAsync(RunExecution execution, ModelCall call, RunRecorder recorder, Action<ModelAnswer> report)
    {
        var tried = new HashSet<string> { call.Model.Address };
        for (int repetition = 0; ; repetition++)
        {
            try
            {
                var answer = new ModelAnswer(call.Model) { InputChars = CharsOf(call.Messages) };
                report(answer);
                await ReceiveAsync(execution, call, recorder, answer);
                return;
            }
            catch (ProviderException e) when (!recorder.HasOutput)
            {
                if (DelayBefore(repetition, e) is { } delay)
                {
                    LogRepeats(execution.Run.Id, call.Model.Address, e.Fault, delay.TotalSeconds, e.Detail);
                    execution.Rest();
                    await Task.Delay(delay, time, execution.Token);
                    continue;
                }
                if (await FindFallbackAsync(call, tried, execution.Token) is not { } fallback)
                    throw;
                tried.Add(fallback.Address);
                LogFallsBack(execution.Run.Id, call.Model.Address, e.Fault, fallback.Address, e.Detail);
                execution.Run.Append(
                    RunEventKind.ModelChanged, 0, JsonSerializer.Serialize(new ModelChangedData(fallback.Address, e.Message), RunEventJson.Default.ModelChangedData));
                call = call.With(fallback);
                repetition = -1;
            }
        }
    }

    /// <summary>Counted without joining the parts: a text file may be megabytes.</summary>
    private static long CharsOf(IEnumerable<ChatMessage> messages)
    {
        long chars = 0;
        foreach (var message in messages)
        {
            foreach (var content in message.Contents)
                chars += (content as TextContent)?.Text.Length ?? 0;
        }
        return chars;
    }

    private async Task ReceiveAsync(RunExecution execution, ModelCall call, RunRecorder recorder, ModelAnswer answer)
    {
        try
        {
            await ReadAsync(execution, call, recorder, answer);
        }
        catch (Exception e) when (answer.FinishReason != null
            && (e is ProviderException { Fault: ProviderFault.Dropped } || (e is OperationCanceledException && execution.Reason == RunStop.Idle)))
        {
            // Behind the finish reason comes nothing but the usage: the answer is whole without it.
            LogNoUsage(execution.Run.Id, call.Model.Address);
        }
        if (answer.FinishReason == null)
            throw new ProviderException(ProviderFault.Dropped, $"The provider {call.Model.ProviderName} ended the answer without finishing it.");
    }

    private async Task ReadAsync(RunExecution execution, ModelCall call, RunRecorder recorder, ModelAnswer answer)
    {
        execution.Begin();
        await foreach (var update in call.Model.Client.GetStreamingResponseAsync(call.Messages, call.Options, execution.Token).ConfigureAwait(false))
        {
            answer.FinishReason = update.FinishReason?.Value ?? answer.FinishReason;
            execution.Touch(answer.FinishReason != null);
            var contents = update.Contents;
            for (int i = 0; i < contents.Count; i++)
            {
                switch (contents[i])
                {
                    case TextReasoningContent reasoning:
                        await recorder.AddAsync(BlockStartedData.Reasoning, reasoning.Text);
                        break;
                    case TextContent text:
                        answer.FirstTokenAt ??= time.GetUtcNow().UtcDateTime;
                        await recorder.AddAsync(BlockStartedData.Text, text.Text);
                        break;
                    case ToolCallDelta piece:
                        await recorder.AddCallAsync(piece);
                        break;
                    case FunctionCallContent whole:
                        await recorder.EndCallAsync(whole);
                        break;
                    case FunctionResultContent result:
                        recorder.AddResult(result);
                        break;
                    case UsageContent usage:
                        answer.Usage = usage.Details;
                        break;
                }
            }
            // From the first output on nobody else is asked.
            if (recorder.HasOutput)
                call.LetGo();
            if (recorder.Length > _options.MaxOutputChars)
            {
                answer.FinishReason = "length";
                return;
            }
        }
    }

    /// <summary>
    /// The pause before another attempt: what the provider asks for, and at random some more, so that the runs that it turned
    /// away together do not come back together. Null when it would not help, or the provider asks for more patience than a person has.
    /// </summary>
    internal TimeSpan? DelayBefore(int repetition, ProviderException e)
    {
        if (repetition >= _options.MaxRetries
            || e.Fault is not (ProviderFault.RateLimited or ProviderFault.ServerError or ProviderFault.Unreachable or ProviderFault.Dropped))
            return null;
        var longest = TimeSpan.FromTicks(Math.Min(_options.RetryDelay.Ticks << repetition, _options.MaxRetryDelay.Ticks));
        if (e.RetryAfter is { } asked)
            return asked <= _options.MaxRetryDelay ? asked + (longest * Random.Shared.NextDouble()) : null;
        return longest * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    /// <summary>The agent's fallback, or else the model's; null where neither can be called or both were.</summary>
    private async ValueTask<ModelTarget?> FindFallbackAsync(ModelCall call, HashSet<string> tried, CancellationToken cancellationToken)
    {
        foreach (string address in new[] { call.Fallback, call.Model.Fallback }.OfType<string>())
        {
            try
            {
                if (!tried.Contains(address) && await models.FindAsync(address, cancellationToken) is { } fallback)
                    return fallback;
            }
            catch (RequestProblem e)
            {
                LogNoFallback(address, e.Message);
            }
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: {Model} failed ({Fault}), asked again in {Seconds:0.0} s: {Detail}")]
    private partial void LogRepeats(Guid runId, string model, ProviderFault fault, double seconds, string? detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: {Model} failed ({Fault}), {Fallback} answers instead: {Detail}")]
    private partial void LogFallsBack(Guid runId, string model, ProviderFault fault, string fallback, string? detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: {Model} finished the answer, but not the response.")]
    private partial void LogNoUsage(Guid runId, string model);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The fallback model {Model} can't be called: {Problem}")]
    private partial void LogNoFallback(string model, string problem);
}
