using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;

namespace ChatApp.Runs;

/// <summary>A wish to have an agent answer. Every door builds one of these.</summary>
/// <param name="Caller">Whose conversation it is.</param>
/// <param name="Input">
/// What the person says: 1 to the limit in configuration UTF-16 units, not only white space unless <see cref="Attachments"/> come
/// with it. Null to have a stored question
/// answered once more, beside its earlier answers: <see cref="ParentMessageId"/> is the question, or an answer that broke off,
/// which the new one repeats and goes on from.
/// </param>
public sealed record RunRequest(CurrentUser Caller, string? Input)
{
    /// <summary>Continue this conversation; null starts a new one.</summary>
    public Guid? ConversationId { get; init; }

    /// <summary>The message to follow, or without an input the question to answer; null for the conversation's active leaf.</summary>
    public Guid? ParentMessageId { get; init; }

    /// <summary>Whether the input begins the conversation anew, beside its first message; then there is no <see cref="ParentMessageId"/>.</summary>
    public bool StartsOver { get; init; }

    /// <summary>Agent slug; null for the conversation's agent, else the default one.</summary>
    public string? Agent { get; init; }

    /// <summary>Model address <c>provider/model</c>; null for the agent's, else the default one.</summary>
    public string? Model { get; init; }

    /// <summary>A JSON object stored with the person's message; null for none.</summary>
    public string? Metadata { get; init; }

    /// <summary>What goes with the input, such as images.</summary>
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>Who says it, where several people talk in one conversation; null for the caller.</summary>
    public MessageAuthor? Author { get; init; }

    /// <summary>Where a new conversation comes from; null for the browser and the native API.</summary>
    public ConversationOrigin? Origin { get; init; }

    /// <summary>
    /// What was said before by the client's own account, oldest first: the model gets it in the place of what is stored, and a new
    /// conversation begins with it. Null for what is stored.
    /// </summary>
    public IReadOnlyList<TranscriptMessage>? Transcript { get; init; }

    /// <summary>In the place of the agent's or the conversation's prompt; a new conversation keeps it. Null for theirs.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Values for the <c>{{name}}</c> of the prompt; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }

    /// <summary>0 to 2; null for the agent's.</summary>
    public double? Temperature { get; init; }

    /// <summary>Tokens, from 1; null for the agent's.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Whether the answer costs the caller points.</summary>
    public bool Metered { get; init; }

    /// <summary>
    /// Whether it waits, up to <c>Runs:TurnTimeout</c>, while an answer of the conversation is being written, instead of being
    /// refused at once: for clients whose own server let them speak at any time.
    /// </summary>
    public bool WaitsForTurn { get; init; }

    /// <summary>Whether a new conversation is a temporary one; nothing to one that goes on.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>
    /// Whether a model may be asked for a title of the conversation, at the price of one more call: where a person will look for it
    /// in a list. What a program begins is named after its first words.
    /// </summary>
    public bool WantsTitle { get; init; }

    /// <summary>Makes a repeated send attach to the first one's run; at most 200 characters.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What its sender sent, where the request says more than that: a repeated send has the same. Null where the request says it all.</summary>
    public string? Sent { get; init; }

    /// <summary>The request with texts that the database gives back as they are.</summary>
    internal RunRequest Storable() => this with
    {
        Input = StorableText.Of(Input), SystemPrompt = StorableText.Of(SystemPrompt),
        Author = Author is { } author ? author with { Name = StorableText.Of(author.Name) } : null,
        Transcript = Transcript?.Select(t => t with { Content = StorableText.Of(t.Content) }).ToList(),
    };
}

/// <summary>The API over which a conversation starts.</summary>
/// <param name="Source">A name of <c>ConversationSources</c>.</param>
/// <param name="ExternalId">
/// What the client calls the conversation: the caller's conversation of that name is continued, or there will be one. At most 200 characters; null for no such name.
/// </param>
/// <param name="Layer">How close the person is to the persona; null outside the Persona API.</param>
public sealed record ConversationOrigin(string Source, string? ExternalId = null, string? Layer = null);

/// <summary>One message of a transcript that a client brings along.</summary>
public sealed record TranscriptMessage(MessageRole Role, string Content);

/// <summary>A participant of a conversation of several people.</summary>
public sealed record MessageAuthor(Guid Id, string Name);
