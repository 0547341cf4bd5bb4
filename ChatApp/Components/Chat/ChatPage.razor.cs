using ChatApp.Agents;
using ChatApp.Components.Shared;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace ChatApp.Components.Chat;

/// <summary>
/// A conversation, or the start of one. One component serves both addresses, so starting a conversation changes the address
/// and nothing else. It reloads its branch whenever the conversation's feed says that something has changed, here or elsewhere.
/// </summary>
public sealed partial class ChatPage(
    ConversationService conversations, ConversationFeed feed, RunService runs, AgentCatalog catalog,
    NavigationManager navigation, IJSRuntime js, IConfiguration configuration, TimeProvider time) : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private Throttle? _refresh;
    private CopySource? _copySource;
    private CurrentUser _caller = default!;
    private IReadOnlyList<AgentProfile> _agents = [];
    private IReadOnlyList<MessageView> _messages = [];
    private bool _started;
    private Guid? _shown;
    private string? _title;
    private string? _conversationAgent;
    private string? _pickedAgent;
    private string? _problem;
    private string? _announcement;
    private int _sends;

    [Parameter]
    public Guid? ConversationId { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private int MaxInputChars => configuration.GetValue("Runs:MaxInputChars", 200_000);

    private MessageView? Streaming => _messages is [.., { Status: MessageStatus.Streaming } last] ? last : null;

    private AgentProfile? SelectedAgent =>
        _agents.FirstOrDefault(a => a.Slug == (_pickedAgent ?? _conversationAgent)) ?? _agents.FirstOrDefault(a => a.IsDefault);

    protected override async Task OnInitializedAsync()
    {
        _caller = CurrentUser.From((await Authentication).User);
        if (RendererInfo.IsInteractive)
        {
            _refresh = new Throttle(time, () => InvokeAsync(RefreshAsync));
            // Registers before the first load, so nothing falls between the two.
            _ = WatchAsync();
        }
        _agents = await catalog.ListAsync(_caller, _closed.Token);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_started && ConversationId == _shown)
            return;
        _started = true;
        Forget();
        if (ConversationId is { } id && !await LoadAsync(id))
            navigation.NotFound();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            _copySource = await CopySource.RegisterAsync(js, id => _messages.FirstOrDefault(m => m.Id == id)?.Content);
    }

    private void Forget()
    {
        (_shown, _messages, _title, _conversationAgent, _pickedAgent, _problem) = (ConversationId, [], null, null, null, null);
        _announcement = null;
    }

    /// <returns>False when the caller has no such conversation.</returns>
    private async Task<bool> LoadAsync(Guid id)
    {
        var conversation = await conversations.FindAsync(_caller, id, _closed.Token);
        var path = await conversations.ListPathAsync(_caller, id, _closed.Token);
        if (conversation is null || path is null)
            return false;
        // The reader may have gone on to another conversation meanwhile.
        if (_shown != id)
            return true;
        _messages = ShownPath.Reuse(_messages, path);
        _title = conversation.Title;
        _conversationAgent = conversation.Agent;
        return true;
    }

    private async Task WatchAsync()
    {
        try
        {
            await foreach (var (id, _) in feed.WatchAsync(_caller.Id, _closed.Token))
            {
                if (id == _shown)
                    _refresh!.Request(TimeSpan.FromMilliseconds(100));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            if (_shown is not { } id)
                return;
            if (!await LoadAsync(id) && _shown == id)
                navigation.NavigateTo("/");
            StateHasChanged();
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    private Task<bool> PickAsync(string prompt) => SendAsync(prompt, Guid.NewGuid().ToString("N"));

    private Task<bool> SendAsync(string text, string messageId) => StartAsync(new RunRequest(_caller, text)
    {
        ConversationId = _shown,
        Agent = _pickedAgent,
        IdempotencyKey = messageId,
    });

    private Task RetryAsync(MessageView answer) =>
        Streaming is null && _messages.FirstOrDefault(m => m.Id == answer.ParentId) is { } question
            ? StartAsync(new RunRequest(_caller, question.Content)
            {
                ConversationId = _shown,
                ParentMessageId = question.ParentId,
                Agent = _pickedAgent ?? answer.Agent,
                // Named after the answer it replaces: a double click asks once.
                IdempotencyKey = $"retry-{answer.Id}",
            })
            : Task.CompletedTask;

    /// <returns>Whether the message was taken; if not, the page says why.</returns>
    private async Task<bool> StartAsync(RunRequest request)
    {
        _problem = null;
        _announcement = null;
        try
        {
            var run = await runs.StartAsync(request, _closed.Token);
            _sends++;
            if (_shown != run.ConversationId)
            {
                _shown = run.ConversationId;
                navigation.NavigateTo($"/c/{run.ConversationId}", replace: true);
            }
            await LoadAsync(run.ConversationId);
            return true;
        }
        catch (RequestProblem problem)
        {
            _problem = problem.Message;
            return false;
        }
        finally
        {
            StateHasChanged();
        }
    }

    private Task StopAsync() =>
        Streaming?.RunId is { } run ? runs.CancelAsync(_caller, run, _closed.Token) : Task.CompletedTask;

    private void SelectAgent(string slug) => _pickedAgent = slug;

    private void Announce(RunFinishedData finished) => _announcement = finished.Status switch
    {
        "completed" => "Answer finished.",
        "cancelled" => "Answer stopped.",
        _ => "The answer broke off.",
    };

    public async ValueTask DisposeAsync()
    {
        // Not disposed: a refresh that is already queued still asks for its token.
        await _closed.CancelAsync();
        _refresh?.Dispose();
        if (_copySource is not null)
            await _copySource.DisposeAsync();
    }
}
