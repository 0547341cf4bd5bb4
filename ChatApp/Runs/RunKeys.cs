using System.Security.Cryptography;
using System.Text.Json;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Runs.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.Runs;

/// <summary>Idempotency keys (draft-ietf-httpapi-idempotency-key-header): a repeated send attaches to the run of the first one.</summary>
internal sealed class RunKeys(IDbContextFactory<ChatDbContext> databases, IOptions<RunOptions> options, TimeProvider time)
{
    // One for many keys each: then none has to be counted and put away, and to wait for a stranger's commit costs little.
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>
    /// Waits until no other send of this process under the key is between its look at the key and its commit. Until then the key
    /// is nobody's, and what the first one has begun (an answer in the conversation, a taken slot) would refuse its own duplicates.
    /// </summary>
    public async ValueTask<KeyTurn> EnterAsync(Guid ownerId, string key, CancellationToken cancellationToken)
    {
        var gate = _gates[(uint)HashCode.Combine(ownerId, key) % (uint)_gates.Length];
        await gate.WaitAsync(cancellationToken);
        return new KeyTurn(gate);
    }

    /// <summary>The request's wish to own its key; null when it has none.</summary>
    public KeyClaim? ClaimFor(RunRequest request) => request.IdempotencyKey == null ? null : new KeyClaim(
        request.IdempotencyKey, HashOf(request), ExpiredBefore: (time.GetUtcNow() - options.Value.KeyRetention).UtcDateTime);

    /// <summary>The run that an earlier send started under the key; null when there was none.</summary>
    /// <exception cref="RequestProblem">422: the key was used for another request.</exception>
    public async Task<EarlierSend?> FindAsync(RunRequest request, KeyClaim claim, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await (
            from key in db.IdempotencyKeys.AsNoTracking()
            join run in db.Runs.AsNoTracking() on key.RunId equals run.Id
            join answer in db.Messages.AsNoTracking() on run.MessageId equals answer.Id
            where key.OwnerId == request.Caller.Id && key.Key == claim.Key && key.CreatedAt >= claim.ExpiredBefore
            select new { key.RequestHash, run, IsEmpty = answer.Content == "" && answer.Reasoning == null && answer.ToolCalls == null }).SingleOrDefaultAsync(cancellationToken);
        if (found == null)
            return null;
        if (!found.RequestHash.AsSpan().SequenceEqual(claim.RequestHash))
            throw new RequestProblem(422, "idempotency_key_reused", "This idempotency key was used for another request. Use a new key.", "idempotency_key");
        var r = found.run;
        return new EarlierSend(
            new StartedRun(r.Id, r.ConversationId, r.UserMessageId, r.MessageId, r.Agent, r.Model, Attached: true),
            DiedSilently: found.IsEmpty && r.Status is (RunStatus.Failed or RunStatus.Interrupted));
    }

    private static byte[] HashOf(RunRequest request) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new object?[]
        {
            request.Input, request.ConversationId, request.ParentMessageId, request.Agent, request.Model, request.Metadata,
            request.Attachments, request.Author?.Id, request.Origin, request.Transcript, request.SystemPrompt, request.Temperature, request.MaxOutputTokens,
            request.StartsOver, request.IsTemporary,
        }));
}

/// <param name="DiedSilently">Whether it ended without any output by no wish of a person: then the same send may try again.</param>
internal sealed record EarlierSend(StartedRun Run, bool DiedSilently);

/// <summary>The right to start a run under a key. Dispose once the run's start is durable or has failed.</summary>
internal readonly struct KeyTurn(SemaphoreSlim gate) : IDisposable
{
    public void Dispose() => gate.Release();
}

/// <summary>A request's wish to own an idempotency key.</summary>
/// <param name="RequestHash">SHA-256.</param>
/// <param name="ExpiredBefore">Whoever took the key before then has lost it.</param>
/// <param name="Replaces">The run that owns the key and died without output; null when nobody may own it.</param>
internal sealed record KeyClaim(string Key, byte[] RequestHash, DateTime ExpiredBefore, Guid? Replaces = null)
{
    public KeyTransfer For(Run run) => new(
        new IdempotencyKey { OwnerId = run.OwnerId, Key = Key, RequestHash = RequestHash, RunId = run.Id, CreatedAt = run.CreatedAt }, ExpiredBefore, Replaces);
}
