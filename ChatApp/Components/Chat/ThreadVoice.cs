namespace ChatApp.Components.Chat;

/// <summary>
/// What the messages of a thread have to say aloud, on the way to the thread's one <see cref="LiveRegion"/>. That stands outside of
/// them: no message changes when it speaks or falls silent. Belongs to one thread and its dispatcher.
/// </summary>
public sealed class ThreadVoice
{
    /// <summary>Raised with whole sentences.</summary>
    public event Action<string>? Said;

    public void Say(string sentences) => Said?.Invoke(sentences);
}
