using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.Components.Shared;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Profiles;
using ChatApp.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;
using Radzen;

namespace ChatApp.Components.Chat;

/// <summary>
/// A conversation, or the start of one. One component serves both addresses, so starting a conversation changes the address
/// and nothing else. It reloads its branch whenever the conversation's feed says that something has changed, here or elsewhere.
/// </summary>
public sealed partial class ChatPage(DialogService dialogs, AgentCatalog catalog, MessageNotes notes, ProfileService profiles, ILogger<ChatPage> logger) : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private readonly LoadTurns _loads = new();
    private Throttle? _refresh;
    private CopySource? _copySource;
    private CurrentUser _caller = default!;
    private IReadOnlyList<AgentProfile> _agents = [];
    private ThreadHistory _history = default!;
    private ThreadActions? _actions;
    private IReadOnlyList<ComposerAgent> _composerAgents = [];
    private bool _started;
    private bool _loading;
    private Guid? _shown;
    private ConversationSummary? _conversation;
    private string? _pickedAgent;
    private string? _ownDefault;
    private string? _problem;
    private string? _whyStale;
    private string? _announcement;
    private bool _isTemporary;
    private string? _asked;
    private Guid? _sent;

    [Inject]
    private ConversationService Conversations { get; set; } = default!;

    [Inject]
    private MessageTree Tree { get; set; } = default!;

    [Inject]
    private ToolCalls Tools { get; set; } = default!;

    [Inject]
    private ConversationFeed Feed { get; set; } = default!;

    [Inject]
    private RunService Runs { get; set; } = default!;

    [Inject]
    private ComposerLibrary Library { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime JS { get; set; } = default!;

    [Inject]
    private IOptions<RunOptions> Options { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Parameter]
    public Guid? ConversationId { get; set; }

    /// <summary>1 where the new chat is to be a temporary one.</summary>
    [SupplyParameterFromQuery]
    private string? Temporary { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private int MaxInputChars => Options.Value.MaxInputChars;

    private IReadOnlyList<MessageView> Shown => _history.Messages;

    private MessageView? Streaming => Shown is [.., { Status: MessageStatus.Streaming } last] ? last : null;

    private bool IsEmpty => Shown.Count == 0 && !_loading;

    private AgentProfile? SelectedAgent =>
        _agents.FirstOrDefault(a => a.Slug == (_pickedAgent ?? _conversation?.Agent)) ?? _agents.FirstOrDefault(a => a.IsDefault);

    protected override async Task OnInitializedAsync()
    {
        // The first rendering of a circuit comes before anything is loaded: it is no new chat.
        (_shown, _loading) = (ConversationId, ConversationId is not null);
        _history = new ThreadHistory(Tree);
        _caller = CurrentUser.From((await Authentication).User);
        if (RendererInfo.IsInteractive)
        {
            _refresh = new Throttle(Time, () => InvokeAsync(RefreshAsync));
            // Registers before the first load, so nothing falls between the two.
            _ = WatchAsync();
        }
        _agents = await catalog.ListAsync(_caller, _closed.Token);
        string? own = (await profiles.PreferencesAsync(_caller.Id, _closed.Token)).DefaultAgent;
        _ownDefault = _agents.Any(a => a.Slug == own) ? own : null;
        _actions = new ThreadActions(_caller, Tree, notes, Tools, dialogs, request => StartAsync(request), _closed.Token) 
        {
            Agents = _agents, MaxInputChars = MaxInputChars, IsTemporary = () => _isTemporary,
        };
        _composerAgents = await Library.DescribeAsync(_agents, _closed.Token);
    }

    protected override async Task OnParametersSetAsync()
    {
        bool isSame = _started && ConversationId == _shown;
        if (!isSame)
            Forget();
        // The address says how a chat begins; from then on the button does.
        if (ConversationId is null && (!isSame || _asked != Temporary))
            _isTemporary = Temporary == "1";
        _asked = Temporary;
        if (isSame)
            return;
        _started = true;
        if (ConversationId is not { } id)
            return;
        _loading = true;
        if (!await LoadAsync(id))
            Navigation.NotFound();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _copySource = new CopySource(JS, id => Shown.FirstOrDefault(m => m.Id == id)?.Content);
        await _copySource.RegisterAsync();
    }

    private void Forget()
    {
        (_shown, _conversation, _pickedAgent, _problem) = (ConversationId, null, ConversationId is null ? _ownDefault : null, null);
        _history.Clear();
        (_announcement, _loading, _isTemporary, _sent, _whyStale) = (null, false, false, null, null);
    }

    /// <returns>False when the caller has no such conversation.</returns>
    private Task<bool> LoadAsync(Guid id) => _loads.RunAsync(async () =>
    {
        var conversation = await Conversations.FindAsync(_caller, id, _closed.Token);
        var window = await _history.LoadAsync(_caller, id, _closed.Token);
        if (conversation is null || window is null)
            return false;
        // The reader may have gone on to another conversation meanwhile.
        if (_shown != id)
            return true;
        if (conversation is { Source: ConversationSources.Ask, ExternalId: { } key })
            Navigation.NavigateTo(AskInvitation.PathOf(key, null), replace: true);
        _history.Show(window);
        _loading = false;
        _conversation = conversation;
        _isTemporary = conversation.IsTemporary;
        return true;
    }, _closed.Token);

    private async Task WatchAsync()
    {
        try
        {
            await foreach (var (id, _) in Feed.WatchAsync(_caller.Id, _closed.Token))
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
                Navigation.NavigateTo("/");
            _whyStale = null;
            StateHasChanged();
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception exception) when (T.Why(exception) is { } why)
        {
            _whyStale = why;
            StateHasChanged();
            _refresh?.Request(TimeSpan.FromSeconds(2));
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    private Task<Guid?> SendAsync(ComposedMessage message) => StartAsync(new RunRequest(_caller, message.Text)
    {
        ConversationId = message.ConversationId,
        Agent = message.Agent,
        IdempotencyKey = message.Id,
        // The button may be ahead of what the browser knew.
        IsTemporary = message.IsTemporary || (_isTemporary && _shown == message.ConversationId),
    }, message.Files);

    private Task LoadEarlierAsync(Guid? upTo) => _history.LoadEarlierAsync(_caller, upTo, _closed.Token);

    /// <returns>The run's conversation; null when nothing was started, and then the page says why.</returns>
    private async Task<Guid?> StartAsync(RunRequest request, IReadOnlyList<Guid>? files = null)
    {
        _problem = null;
        _announcement = null;
        try
        {
            if (files is { Count: > 0 })
                request = request with { Attachments = await Library.AttachAsync(_caller, files, _closed.Token) };
            var run = await Runs.StartAsync(request with { WantsTitle = true }, _closed.Token);
            // The reader may have gone on to another conversation meanwhile.
            if (_shown == request.ConversationId)
            {
                // An answer has one run: each start is told from the one before.
                _sent = run.MessageId;
                if (_shown != run.ConversationId)
                {
                    _shown = run.ConversationId;
                    Navigation.NavigateTo($"/c/{run.ConversationId}", replace: true);
                }
            }
            // Whatever comes of it: the message is sent.
            if (_shown == run.ConversationId)
                await RefreshAsync();
            return run.ConversationId;
        }
        catch (RequestProblem problem)
        {
            // Another tab was first: as soon as the composer knows that an answer is being written, it queues what it has.
            if (problem.Code == "run_in_progress")
                await RefreshAsync();
            if (_shown == request.ConversationId)
                _problem = problem.Code == "run_in_progress" && Streaming is not null ? null : T.Say(problem);
            return null;
        }
        catch (Exception exception) when (!_closed.IsCancellationRequested)
        {
            LogNotStarted(exception);
            if (_shown == request.ConversationId)
                _problem = T["Not sent: something went wrong on the server. Try again."];
            return null;
        }
        finally
        {
            StateHasChanged();
        }
    }

    private Task StopAsync() =>
        Streaming?.RunId is { } run ? Runs.CancelAsync(_caller, run, _closed.Token) : Task.CompletedTask;

    private void SelectAgent(string slug) => _pickedAgent = slug;

    private bool PickAgent(string slug)
    {
        if (_agents.All(a => a.Slug != slug))
            return false;
        _pickedAgent = slug;
        StateHasChanged();
        return true;
    }

    private void Announce(RunFinishedData finished) => _announcement = T.EndOf(finished);

    public async ValueTask DisposeAsync()
    {
        // Not disposed: a refresh that is already queued still asks for its token.
        await _closed.CancelAsync();
        _refresh?.Dispose();
        if (_copySource is not null)
            await _copySource.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The chat page could not start a run.")]
    private partial void LogNotStarted(Exception exception);
}
