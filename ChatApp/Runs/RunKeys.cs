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

    /// <exception cref="RequestProblem">400: it is empty or too long.</exception>
    public static void Check(string? key)
    {
        if (key is { Length: 0 or > 200 })
            throw RequestProblem.Invalid("idempotency_key", "An idempotency key has 1 to 200 characters.");
    }

    /// <summary>422: the key was used for another request.</summary>
    public static RequestProblem Reused() =>
        new(422, "idempotency_key_reused", "This idempotency key was used for another request. Use a new key.", "idempotency_key");

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
            select new { key.RequestHash, run, IsEmpty = answer.Content == "" && answer.Reasoning == null && answer.ToolCalls == null, IsGone = !db.Conversations.Any(c => c.Id == run.ConversationId) }).SingleOrDefaultAsync(cancellationToken);
        if (found == null)
            return null;
        // As one that was deleted for good, it leaves its key to whoever wants it.
        if (!found.IsGone && !found.RequestHash.AsSpan().SequenceEqual(claim.RequestHash))
            throw Reused();
        var r = found.run;
        return new EarlierSend(
            new StartedRun(r.Id, r.ConversationId, r.UserMessageId, r.MessageId, r.Agent, r.Model, Attached: true),
            MayRunAgain: found.IsGone || (found.IsEmpty && r.Status is (RunStatus.Failed or RunStatus.Interrupted)), found.IsGone);
    }

    /// <summary>Makes a run that somebody else has started the key's. Whoever does so has looked: no run that counts owns the key.</summary>
    public async Task AttachAsync(Guid ownerId, KeyClaim claim, Guid runId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.IdempotencyKeys.Where(k => k.OwnerId == ownerId && k.Key == claim.Key).ExecuteDeleteAsync(cancellationToken);
        db.IdempotencyKeys.Add(new IdempotencyKey
        {
            OwnerId = ownerId, Key = claim.Key, RequestHash = claim.RequestHash, RunId = runId, CreatedAt = time.GetUtcNow().UtcDateTime,
        });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static byte[] HashOf(RunRequest request) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        request.Sent != null ? [request.Sent] : new object?[]
        {
            request.Input, request.ConversationId, request.ParentMessageId, request.Agent, request.Model, request.Metadata,
            request.Attachments, request.Author?.Id, request.Origin, request.Transcript, request.SystemPrompt, request.Temperature, request.MaxOutputTokens,
            request.StartsOver, request.IsTemporary,
        }));
}

/// <param name="MayRunAgain">Whether it is gone, or ended without any output by no wish of a person: then the same send may try again.</param>
/// <param name="IsGone">Whether its conversation was thrown away.</param>
internal sealed record EarlierSend(StartedRun Run, bool MayRunAgain, bool IsGone)
{
    /// <summary>The request once more, under the same key: where its question is stored, that is only to be answered.</summary>
    public RunRequest Again(RunRequest request) => IsGone ? request : request with
    {
        Input = null, Metadata = null, ConversationId = Run.ConversationId, ParentMessageId = Run.UserMessageId, StartsOver = false,
        Transcript = request is { Transcript: { } earlier, Input: { } input } ? [.. earlier, new TranscriptMessage(MessageRole.User, input)] : request.Transcript,
    };
}

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
