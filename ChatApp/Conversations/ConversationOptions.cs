namespace ChatApp.Conversations;

/// <summary>Configuration section <c>Conversations</c>.</summary>
public sealed class ConversationOptions
{
    /// <summary>Whether the model that gave the first answer is asked for the conversation's title.</summary>
    public bool Titles { get; set; } = true;

    /// <summary>How long a deleted conversation can be brought back.</summary>
    public TimeSpan DeletedRetention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a temporary chat stays after its last page was left: a reload in mid-answer must find it again.</summary>
    public TimeSpan TemporaryGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a temporary chat stays that nobody has looked at, whatever became of its page.</summary>
    public TimeSpan TemporaryRetention { get; set; } = TimeSpan.FromHours(24);
}
