using System.Text.Json;
using ChatApp.Components.Shared;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ChatApp.Components.Chat;

/// <summary>Where a person writes. Its text lives in the browser (<c>wwwroot/js/chat-composer.js</c>) until it is sent.</summary>
public sealed partial class Composer(IJSRuntime js, ILogger<Composer> logger) : ComponentBase, IAsyncDisposable
{
    private ElementReference _element;
    private DotNetObjectReference<Composer>? _self;
    private readonly PageModule _module = new(js, "./js/chat-composer.js");
    private string? _problem;
    private int _attempts;
    private string? _texts;
    private string? _agentsJson;
    private IReadOnlyList<ComposerAgent>? _agentsShown;

    // Drafts of this name stay in the memory of the page (wwwroot/js/drafts.js).
    private const string Temporary = "temporary:";

    // What a phone's or a desktop's picker offers; what a file really is, the server finds out.
    private const string Accepted =
        "image/png,image/jpeg,image/gif,image/webp,text/*,.md,.csv,.tsv,.json,.jsonl,.xml,.yml,.yaml,.toml,.ini,.log,.sql,.cs,.fs,.vb,.py,.js,.ts,.tsx,.jsx,.java,.kt,.go,.rs,.rb,.php,.c,.h,.cpp,.hpp,.swift,.sh,.ps1,.css,.html,.svg,.razor,.tex";

    /// <summary>Whose drafts the browser keeps.</summary>
    [Parameter, EditorRequired]
    public Guid AccountId { get; set; }

    /// <summary>Where the message goes; null for a new chat.</summary>
    [Parameter]
    public Guid? ConversationId { get; set; }

    /// <summary>The longest message, in UTF-16 units.</summary>
    [Parameter, EditorRequired]
    public int MaxChars { get; set; }

    /// <summary>While an answer is being written: what is sent waits in the browser's queue, and a button stops the answer.</summary>
    [Parameter]
    public bool IsBusy { get; set; }

    /// <summary>Of the conversation's last message; null before the first. What is queued goes out only after an answer that is whole.</summary>
    [Parameter]
    public MessageStatus? LastStatus { get; set; }

    /// <summary>The conversation's last message as it is shown; null before the first. What is queued goes out only in the branch where it was queued.</summary>
    [Parameter]
    public Guid? LastMessage { get; set; }

    /// <summary>Slug of the agent that will answer.</summary>
    [Parameter]
    public string? Agent { get; set; }

    /// <summary>Those that <c>@</c> offers.</summary>
    [Parameter]
    public IReadOnlyList<ComposerAgent> Agents { get; set; } = [];

    /// <summary>Files, prompts and the server's drafts for people with an account; null for none of it.</summary>
    [Parameter]
    public ComposerLibrary? Library { get; set; }

    /// <summary>Whose library it is.</summary>
    [Parameter]
    public CurrentUser? Caller { get; set; }

    /// <summary>Whether the chat is a temporary one: of what is begun there nothing is kept, neither by the server nor by the browser.</summary>
    [Parameter]
    public bool IsTemporary { get; set; }

    [Parameter]
    public string? AgentName { get; set; }

    /// <summary>Slug of the agent that the person has picked; null while it is the conversation's.</summary>
    [Parameter]
    public string? PickedAgent { get; set; }

    /// <summary>Picks the agent for which the shown draft was written; false when there is none of this slug.</summary>
    [Parameter]
    public Func<string, bool> Pick { get; set; } = _ => false;

    /// <summary>Why the last message was not taken; null when it was.</summary>
    [Parameter]
    public string? Problem { get; set; }

    /// <summary>Takes a message; gives the conversation in which it is now, or null when it was not taken.</summary>
    [Parameter, EditorRequired]
    public Func<ComposedMessage, Task<Guid?>> Send { get; set; } = default!;

    [Parameter]
    public EventCallback OnStop { get; set; }

    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Called by the browser.</summary>
    /// <param name="draft">The name of the draft that is sent: a conversation's id, or <c>new</c>, in a temporary chat after <c>temporary:</c>.</param>
    /// <param name="isQueued">Whether it comes from the queue: the draft of that name is another text then, and stays.</param>
    /// <returns>The conversation's id, or null when the message was not taken and its text must stay.</returns>
    [JSInvokable]
    public async Task<string?> SendAsync(IJSStreamReference? text, string messageId, string draft, string? agent, IReadOnlyList<Guid>? files = null, bool isQueued = false)
    {
        int attempt = ++_attempts;
        _problem = null;
        string input;
        try
        {
            input = await ReadAsync(text);
        }
        catch (Exception exception)
        {
            LogNotArrived(exception);
            // Where the connection was cut the text comes once more, long before this attempt has waited in vain for the rest.
            if (attempt == _attempts)
            {
                _problem = T["The message did not arrive. Try again."];
                StateHasChanged();
            }
            return null;
        }
        bool isTemporary = draft.StartsWith(Temporary, StringComparison.Ordinal);
        Guid? conversationId = Guid.TryParse(isTemporary ? draft[Temporary.Length..] : draft, out var id) ? id : null;
        if (await Send(new ComposedMessage(input, messageId, conversationId, agent) { Files = files ?? [], IsTemporary = isTemporary }) is not { } taken)
            return null;
        if (Library is { } library && !isTemporary && !isQueued)
            await ForgetDraftAsync(library, draft);
        return KeyOf(taken, isTemporary);
    }

    // The message is taken, whatever becomes of its draft: the browser must not offer to send it again.
    private async Task ForgetDraftAsync(ComposerLibrary library, string draft)
    {
        try
        {
            await library.DeleteDraftAsync(Caller!, draft, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogDraftNotDeleted(exception);
        }
    }

    /// <summary>Called by the browser.</summary>
    /// <param name="place">A conversation's id, or <c>new</c>.</param>
    [JSInvokable]
    public async Task<ComposerDraft?> LoadDraftAsync(string place) =>
        Library is { } library && !IsTemporary ? await library.FindDraftAsync(Caller!, place, CancellationToken.None) : null;

    /// <summary>Called by the browser; an empty text deletes the draft.</summary>
    /// <returns>What is kept now; null for nothing.</returns>
    [JSInvokable]
    public async Task<ComposerDraft?> SaveDraftAsync(IJSStreamReference? text, string place, string? agent) =>
        Library is { } library && (!IsTemporary || text is null) ? await library.SaveDraftAsync(Caller!, place, await ReadAsync(text), agent, CancellationToken.None) : null;

    private async Task<string> ReadAsync(IJSStreamReference? text)
    {
        if (text is null)
            return "";
        // UTF-8 takes at most three bytes per UTF-16 unit. The browser has refused what is too long already.
        await using var stream = await text.OpenReadStreamAsync(maxAllowedSize: MaxChars * 3L);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    protected override void OnParametersSet()
    {
        _texts ??= ComposerTexts.For(T);
        if (ReferenceEquals(_agentsShown, Agents))
            return;
        _agentsShown = Agents;
        _agentsJson = Agents.Count == 0 ? null : JsonSerializer.Serialize(Agents, JsonSerializerOptions.Web);
    }

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public bool PickAgent(string slug) => Pick(slug);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        if (await _module.ImportAsync() is { } module)
            await module.InvokeVoidAsync("attach", _element, _self);
    }

    private static string KeyOf(Guid? conversationId, bool isTemporary) => (isTemporary ? Temporary : "") + (conversationId?.ToString() ?? "new");

    public ValueTask DisposeAsync()
    {
        _self?.Dispose();
        return _module.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of the chat page did not arrive whole.")]
    private partial void LogNotArrived(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The draft of a message that was sent could not be deleted.")]
    private partial void LogDraftNotDeleted(Exception exception);
}
