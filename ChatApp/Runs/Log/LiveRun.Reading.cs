namespace ChatApp.Runs.Log;

/// <content>What its readers see of a run, and how they wait for more.</content>
internal sealed partial class LiveRun
{
    /// <summary>What is readable now. Copies nothing: published bytes never change.</summary>
    internal RunLogView Published
    {
        get
        {
            lock (_gate)
                return _published;
        }
    }

    /// <summary>Registers the cursor for the next commit unless there is something to read already, or nothing more will come.</summary>
    /// <returns>False when it need not wait.</returns>
    internal bool TryRegister(RunCursor cursor, long read)
    {
        lock (_gate)
        {
            if (_published.Count > read || _published.HasEnded)
                return false;
            if (_lost != null)
                throw new RunLostException(Id, _lost);
            if (!cursor.IsRegistered)
            {
                cursor.IsRegistered = true;
                _waiting.Add(cursor);
            }
            return true;
        }
    }

    internal void Unregister(RunCursor cursor)
    {
        lock (_gate)
        {
            if (cursor.IsRegistered)
                _waiting.Remove(cursor);
            cursor.IsRegistered = false;
        }
    }
}
