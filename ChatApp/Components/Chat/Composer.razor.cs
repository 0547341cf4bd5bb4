using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ChatApp.Components.Chat;

/// <summary>Where a person writes. Its text lives in the browser (<c>wwwroot/js/chat-composer.js</c>) until it is sent.</summary>
public sealed partial class Composer(IJSRuntime js, ILogger<Composer> logger) : ComponentBase, IAsyncDisposable
{
    private ElementReference _element;
    private DotNetObjectReference<Composer>? _self;
    private IJSObjectReference? _module;
    private string? _problem;
    private int _attempts;

    /// <summary>Whose drafts the browser keeps.</summary>
    [Parameter, EditorRequired]
    public Guid AccountId { get; set; }

    /// <summary>Where the message goes; null for a new chat.</summary>
    [Parameter]
    public Guid? ConversationId { get; set; }

    /// <summary>The longest message, in UTF-16 units.</summary>
    [Parameter, EditorRequired]
    public int MaxChars { get; set; }

    /// <summary>While an answer is being written: nothing is sent, and the button stops it.</summary>
    [Parameter]
    public bool IsBusy { get; set; }

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
    /// <param name="draft">The name of the draft that is sent: a conversation's id, or <c>new</c>.</param>
    /// <returns>The conversation's id, or null when the message was not taken and its text must stay.</returns>
    [JSInvokable]
    public async Task<string?> SendAsync(IJSStreamReference text, string messageId, string draft, string? agent)
    {
        int attempt = ++_attempts;
        _problem = null;
        string input;
        try
        {
            // UTF-8 takes at most three bytes per UTF-16 unit. The browser has refused what is too long already.
            await using var stream = await text.OpenReadStreamAsync(maxAllowedSize: MaxChars * 3L);
            using var reader = new StreamReader(stream);
            input = await reader.ReadToEndAsync();
        }
        catch (Exception exception)
        {
            LogNotArrived(exception);
            // Where the connection was cut the text comes once more, long before this attempt has waited in vain for the rest.
            if (attempt == _attempts)
            {
                _problem = "The message did not arrive. Try again.";
                StateHasChanged();
            }
            return null;
        }
        Guid? conversationId = Guid.TryParse(draft, out var id) ? id : null;
        return await Send(new ComposedMessage(input, messageId, conversationId, agent)) is { } taken ? KeyOf(taken) : null;
    }

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public bool PickAgent(string slug) => Pick(slug);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        _module = await js.InvokeAsync<IJSObjectReference>("import", "./js/chat-composer.js");
        await _module.InvokeVoidAsync("attach", _element, _self);
    }

    private static string KeyOf(Guid? conversationId) => conversationId?.ToString() ?? "new";

    public async ValueTask DisposeAsync()
    {
        _self?.Dispose();
        try
        {
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of the chat page did not arrive whole.")]
    private partial void LogNotArrived(Exception exception);
}
