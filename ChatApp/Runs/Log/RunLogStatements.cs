using System.Buffers;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using ChatApp.Data;
using ChatApp.Data.Entities;

namespace ChatApp.Runs.Log;

/// <summary>
/// The statements of the run log, prepared once on the log's own connection. Plain SQL that every database of ours takes.
/// Used by the writer's thread only.
/// </summary>
internal sealed class RunLogStatements : IDisposable
{
    private readonly IRunLogDatabase _database;
    private readonly IRunLogConnection _log;
    private readonly ArrayBufferWriter<byte> _chunk = new(16 * 1024);
    private readonly PreparedStatement _savepoint, _release, _rollbackTo;
    private readonly PreparedStatement _insertConversation, _insertMessage, _insertAttachment, _insertRun, _takeKey, _moveLeaf;
    private readonly PreparedStatement _finishRun, _finishMessage, _insertUsage, _touch;

    public RunLogStatements(IRunLogDatabase database)
    {
        _database = database;
        _log = database.Open();
        PreparedStatement Prepare(string sql) => new(_log.Connection, sql);
        _savepoint = Prepare("SAVEPOINT run_start");
        _release = Prepare("RELEASE run_start");
        _rollbackTo = Prepare("ROLLBACK TO run_start");
        _insertConversation = Prepare(
            "INSERT INTO conversations (id, owner_id, title, agent_id, active_leaf_id, created_at, updated_at, source, external_id, system_prompt, layer, is_temporary) "
            + "VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11)");
        _insertMessage = Prepare(
            "INSERT INTO messages (id, conversation_id, parent_id, role, status, content, run_id, metadata, created_at, author_id, author_name) "
            + "VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10)");
        _insertAttachment = Prepare("INSERT INTO message_attachments (message_id, position, file_id, url) VALUES (@0, @1, @2, @3)");
        _insertRun = Prepare(
            "INSERT INTO runs (id, owner_id, conversation_id, user_message_id, message_id, agent_revision_id, agent, model, status, lease_owner, created_at, metered) "
            + "VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11)");
        _takeKey = Prepare(
            "INSERT INTO idempotency_keys (owner_id, key, request_hash, run_id, created_at) VALUES (@0, @1, @2, @3, @4) "
            + "ON CONFLICT (owner_id, key) DO UPDATE SET request_hash = excluded.request_hash, run_id = excluded.run_id, created_at = excluded.created_at "
            + "WHERE idempotency_keys.created_at < @5 OR idempotency_keys.run_id = @6 "
            // Deleted with its conversation.
            + "OR NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = idempotency_keys.run_id)");
        _moveLeaf = Prepare(
            "UPDATE conversations SET active_leaf_id = @1, updated_at = @2 "
            + "WHERE id = @0 AND (@3 = 0 OR active_leaf_id = @4 OR (active_leaf_id IS NULL AND @4 IS NULL))");
        _finishRun = Prepare(
            "UPDATE runs SET status = @1, finish_reason = @2, error_code = @3, error_message = @4, first_token_at = @5, finished_at = @6, model = @7, "
            + "lease_owner = NULL WHERE id = @0 AND status IN ('Queued', 'Running')");
        _finishMessage = Prepare("UPDATE messages SET content = @1, reasoning = @2, status = @3, tool_calls = @4 WHERE id = @0");
        _insertUsage = Prepare(
            "INSERT INTO usage (run_id, owner_id, agent, model, input_tokens, output_tokens, cached_input_tokens, reasoning_tokens, estimated, cost, created_at, points) "
            + "VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11)");
        _touch = Prepare("UPDATE conversations SET updated_at = @1 WHERE id = @0");
    }

    /// <summary>Number of the current transaction's batch.</summary>
    public long Batch => _log.Batch;

    public void Begin() => _log.Begin();

    public void Commit() => _log.Commit();

    public void Rollback() => _log.Rollback();

    public void Trim(long beforeBatch) => _log.Trim(beforeBatch);

    public void Tidy() => _log.Tidy();

    /// <summary>Makes the events behind <paramref name="from"/> durable with this transaction.</summary>
    public void Append(Guid runId, RunLogView events, RunLogPosition from) => _log.Append(runId, from.Seq + 1, events.Count, Join(events, from));

    /// <summary>
    /// Stores the events behind <paramref name="from"/> where every process finds them, in chunks that a reader can hold. False when
    /// the run's row is gone, or someone else has ended it; then it is the first chunk that is refused, and nothing is stored.
    /// </summary>
    public bool TrySettle(Guid runId, RunLogView events, RunLogPosition from)
    {
        while (from.Seq < events.Count)
        {
            long first = from.Seq + 1;
            _chunk.ResetWrittenCount();
            events.CopyChunk(_chunk, ref from, MaxChunkBytes);
            if (!_log.TrySettle(runId, first, from.Seq, _chunk.WrittenSpan))
                return false;
        }
        return true;
    }

    private ReadOnlySpan<byte> Join(RunLogView events, RunLogPosition from)
    {
        _chunk.ResetWrittenCount();
        events.CopyTo(_chunk, from);
        return _chunk.WrittenSpan;
    }

    /// <summary>Stores the rows that a run begins with, or none of them.</summary>
    public bool TryInsertStart(RunStart start, [NotNullWhen(false)] out Exception? refused)
    {
        _savepoint.Execute();
        try
        {
            refused = InsertStart(start);
        }
        catch (DbException violation) when (_database.IsConstraintViolation(violation))
        {
            refused = violation;
        }
        if (refused != null)
            _rollbackTo.Execute();
        _release.Execute();
        return refused == null;
    }

    /// <summary>Stores all that goes with the terminal event. False, and nothing stored, when the run has ended already.</summary>
    public bool TryFinish(LiveRun run, RunEnd end, RunTranscript transcript)
    {
        if (_finishRun.Execute(run.Id, end.Status.ToString(), end.FinishReason, end.Error?.Code, end.Error?.Message, end.FirstTokenAt, end.At, end.Model) == 0)
            return false;
        _finishMessage.Execute(run.MessageId, transcript.Text, transcript.Reasoning, end.MessageStatus.ToString(), ToolCalls.Write(transcript.ToolCalls));
        _touch.Execute(run.ConversationId, end.At);
        if (end.Usage is { } usage)
        {
            _insertUsage.Execute(
                run.Id, run.OwnerId, run.Agent, end.Model, usage.InputTokens, usage.OutputTokens, usage.CachedInputTokens, usage.ReasoningTokens,
                usage.Estimated, end.Cost, end.At, end.Points);
        }
        return true;
    }

    /// <returns>Why it may not start; null when it may.</returns>
    private Exception? InsertStart(RunStart start)
    {
        var run = start.Run;
        if (start.NewConversation is { } c)
            _insertConversation.Execute(c.Id, c.OwnerId, c.Title, c.AgentId, c.ActiveLeafId, c.CreatedAt, c.UpdatedAt, c.Source, c.ExternalId, c.SystemPrompt, c.Layer,
                c.IsTemporary);
        foreach (var earlier in start.Transcript)
            Insert(earlier);
        if (start.UserMessage is { } question)
            Insert(question);
        foreach (var a in start.Attachments)
            _insertAttachment.Execute(a.MessageId, a.Position, a.FileId, a.Url);
        Insert(start.Answer);
        _insertRun.Execute(
            run.Id, run.OwnerId, run.ConversationId, run.UserMessageId, run.MessageId, run.AgentRevisionId, run.Agent, run.Model,
            run.Status.ToString(), run.LeaseOwner, run.CreatedAt, run.Metered);
        if (start.NewConversation == null
            && _moveLeaf.Execute(run.ConversationId, run.MessageId, run.CreatedAt, start.Follows != null, start.Follows?.Leaf) == 0)
            return new BranchTakenException(run.ConversationId);
        return start.Key is not { Key: var k } transfer
            || _takeKey.Execute(k.OwnerId, k.Key, k.RequestHash, k.RunId, k.CreatedAt, transfer.ExpiredBefore, transfer.Replaces) == 1
            ? null
            : new InvalidOperationException("The idempotency key is taken.");
    }

    /// <summary>A reader of a run that has ended holds one chunk, however slow it is. No event is longer (<see cref="LiveRun"/>).</summary>
    internal const int MaxChunkBytes = 64 * 1024;

    private void Insert(Message m) => _insertMessage.Execute(
        m.Id, m.ConversationId, m.ParentId, m.Role.ToString(), m.Status.ToString(), m.Content, m.RunId, m.Metadata, m.CreatedAt, m.AuthorId, m.AuthorName);

    public void Dispose() => _log.Dispose();
}

/// <summary>A prepared command whose parameters are @0, @1, … in the order they are given.</summary>
internal sealed class PreparedStatement
{
    private readonly DbCommand _command;

    public PreparedStatement(DbConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        for (int i = 0; sql.Contains($"@{i}", StringComparison.Ordinal); i++)
        {
            var parameter = _command.CreateParameter();
            parameter.ParameterName = $"@{i}";
            _command.Parameters.Add(parameter);
        }
    }

    /// <summary>Runs it; null becomes NULL.</summary>
    /// <returns>The number of rows changed.</returns>
    public int Execute(params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        try
        {
            return _command.ExecuteNonQuery();
        }
        finally
        {
            // It lives as long as the process, an answer's text may be megabytes.
            foreach (DbParameter parameter in _command.Parameters)
                parameter.Value = null;
        }
    }
}
