using System.Collections.Concurrent;
using System.Text;
using ChatApp.Runs;
using ChatApp.Runs.Log;

namespace ChatApp.Tests.Runs.Log;

/// <summary>A run of a random program, and what is known of it: what was appended, what was acknowledged, what anybody saw.</summary>
internal sealed class TrackedRun(LogProcess process, LiveRun live)
{
    private readonly RunRecorder _recorder = new(live);
    private readonly List<(string Kind, StringBuilder Text)> _blocks = [];

    public Guid Id => live.Id;
    public Guid ConversationId => live.ConversationId;
    public Guid MessageId => live.MessageId;
    public LogProcess Process => process;

    /// <summary>Whether it takes more.</summary>
    public bool IsGoing { get; private set; } = true;

    /// <summary>Whether the caller was told that it has started.</summary>
    public bool IsAcknowledged => live.Started.IsCompletedSuccessfully;

    /// <summary>Every event that a reader was given, by seq.</summary>
    public ConcurrentDictionary<long, RunEvent> Seen { get; } = new();

    /// <summary>The answer that the model has given: lone halves of surrogate pairs and NUL replaced, blocks of a kind separated by a blank line.</summary>
    public string Text => string.Join("\n\n", _blocks.Where(b => b.Kind == BlockStartedData.Text).Select(b => Mended(b.Text.ToString())));

    public async Task AppendAsync(string kind, string text, TimeSpan deadline)
    {
        try
        {
            // As the executor does, which waits for the first commit before it calls the provider.
            await live.Started.WaitAsync(deadline);
            await _recorder.AddAsync(kind, text).AsTask().WaitAsync(deadline);
        }
        catch (Exception e) when (e is RunLostException || live.Started.IsFaulted)
        {
            IsGoing = false;
            return;
        }
        if (_blocks.Count == 0 || _blocks[^1].Kind != kind)
            _blocks.Add((kind, new StringBuilder()));
        _blocks[^1].Text.Append(text);
    }

    public void Finish()
    {
        if (IsGoing)
        {
            _recorder.Finish();
            LogProcess.Finish(live);
        }
        IsGoing = false;
    }

    /// <summary>Waits for the last commit, or for the refusal of the first one.</summary>
    public Task WaitForEndAsync(TimeSpan deadline) => Task.WhenAny(live.Ended).WaitAsync(deadline);

    // An encoder replaces exactly the lone halves.
    private static string Mended(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}
