using System.Globalization;
using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.Components.Chat;
using ChatApp.Components.Shared;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using ChatApp.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace ChatApp.Components.Ask;

/// <summary>
/// A session, for people with an account, with an invitation (<c>?invite=TOKEN</c>) or, where it is open to all, under a name that
/// they choose. It asks anew who may be here each time something changes, so that whoever is shut out sees nothing more.
/// </summary>
public sealed partial class AskPage(ILogger<AskPage> logger) : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private CancellationTokenSource? _watch;
    private readonly LoadTurns _loads = new();
    private Throttle? _refresh;
    private CopySource? _copySource;
    private CurrentUser? _user;
    private string? _token;
    private string? _shown;
    private AskVisit? _visit;
    private RequestProblem? _refusal;
    private bool _isOpen;
    private IReadOnlyList<AgentProfile> _agents = [];
    private IReadOnlyList<MessageView> _messages = [];
    private string? _name;
    private string? _problem;
    private string? _announcement;
    private Guid? _sent;

    [Inject]
    private AskAccess Access { get; set; } = default!;

    [Inject]
    private AskConversation Asks { get; set; } = default!;

    [Inject]
    private AskParticipants Participants { get; set; } = default!;

    [Inject]
    private ConversationService Conversations { get; set; } = default!;

    [Inject]
    private AgentCatalog Catalog { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime JS { get; set; } = default!;

    [Inject]
    private IOptions<RunOptions> Options { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Parameter]
    public string Key { get; set; } = "";

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private MessageView? Streaming => _messages.LastOrDefault(m => m.Status == MessageStatus.Streaming);

    // Neither below its own words in the name, nor above them where a client or somebody has begun with the question itself.
    private bool ShowsQuestion(AskSession session) =>
        session.Question != session.Name && _messages.FirstOrDefault(m => m.Role == MessageRole.User)?.Content.Trim() != session.Question;

    private IReadOnlyList<AskPerson> People => [.. _visit!.Ask.People.Where(p => p.IsActive)];

    protected override async Task OnInitializedAsync()
    {
        var person = (await Authentication).User;
        _user = person.Identity is { IsAuthenticated: true } ? CurrentUser.From(person) : null;
        if (RendererInfo.IsInteractive)
            _refresh = new Throttle(Time, () => InvokeAsync(RefreshAsync));
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Key)
            return;
        _shown = Key;
        _token = QueryHelpers.ParseQuery(new Uri(Navigation.Uri).Query).TryGetValue("invite", out var invite) && invite is [{ Length: > 0 } token, ..] ? token : null;
        (_messages, _visit, _refusal, _isOpen, _problem, _announcement, _sent) = ([], null, null, false, null, null, null);
        _watch?.Cancel();
        await LoadAsync();
        if (_visit is not { } visit)
            return;
        _agents = await Catalog.ListAsync(visit.Ask.Owner, _closed.Token);
        _isOpen = true;
        if (_refresh == null)
            return;
        _watch = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        _ = WatchAsync(visit.Ask.Session, _watch.Token);
        // What was said before the watch had begun.
        _refresh.Request(TimeSpan.Zero);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _copySource = new CopySource(JS, id => _messages.FirstOrDefault(m => m.Id == id)?.Content);
        await _copySource.RegisterAsync();
    }

    private Task LoadAsync() => _loads.RunAsync(async () =>
    {
        try
        {
            var visit = await Access.EnterAsync(Key, new AskCaller(_user, _token), _closed.Token);
            var path = await Conversations.ListPathAsync(visit.Ask.Owner, visit.Ask.Session.ConversationId, _closed.Token) ?? [];
            (_visit, _refusal, _messages) = (visit, null, ShownPath.Reuse(_messages, path));
        }
        catch (RequestProblem problem)
        {
            (_visit, _refusal, _messages) = (null, problem, []);
            // Whoever has no account learns nothing about keys here: a wrong one looks like one that is not theirs.
            if (problem.Status is 400 or 404 && _user != null && !_isOpen)
                Navigation.NotFound();
        }
    }, _closed.Token);

    private async Task WatchAsync(AskSession session, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in Asks.WatchAsync(session, cancellationToken))
                _refresh!.Request(TimeSpan.FromMilliseconds(100));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            await LoadAsync();
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

    private Task<bool> JoinAsync() => TryAsync(async visit =>
    {
        var invitation = await Participants.JoinAsync(visit, _name, _closed.Token);
        _token = invitation.Token;
        // The address is theirs from now on: whoever comes back by it is the same person.
        Navigation.NavigateTo(invitation.Path, replace: true);
    });

    private async Task<Guid?> SendAsync(ComposedMessage message)
    {
        if (!await TryAsync(async visit => _problem = (await Asks.SayAsync(visit, new AskSpeech(message.Text) { SendId = message.Id }, _closed.Token))?.Message))
            return null;
        _sent = _messages.LastOrDefault(m => m.Role == MessageRole.User && m.AuthorId == (_visit?.Person?.Id ?? Guid.Empty))?.Id;
        return message.ConversationId;
    }

    private Task<bool> AnswerAsync(Guid? broken) => TryAsync(visit => Asks.AnswerAsync(visit, _closed.Token, broken));

    private Task StopAsync() => Streaming?.RunId is { } run ? TryAsync(visit => Asks.StopAsync(visit, run, _closed.Token)) : Task.CompletedTask;

    /// <returns>Whether it was done; if not, the page says why.</returns>
    private async Task<bool> TryAsync(Func<AskVisit, Task> act)
    {
        (_problem, _announcement) = (null, null);
        try
        {
            // The rights of this moment, not those of when the page was drawn.
            await act(await Access.EnterAsync(Key, new AskCaller(_user, _token), _closed.Token));
            return true;
        }
        catch (RequestProblem problem)
        {
            _problem = T.Say(problem);
            return false;
        }
        catch (Exception exception) when (!_closed.IsCancellationRequested)
        {
            LogFailed(exception);
            _problem = T["Something went wrong on the server. Try again."];
            return false;
        }
        finally
        {
            await LoadAsync();
            StateHasChanged();
        }
    }

    private void Announce(RunFinishedData finished) => _announcement = T.EndOf(finished);

    private string WhyClosed(AskSession session) => session.Status switch
    {
        AskStatus.Closed => T["This session is closed. It can still be read."],
        AskStatus.Paused => T["This session is paused. It can be read meanwhile."],
        _ when Time.GetUtcNow().UtcDateTime < session.StartsAt => T["This session begins on {0} UTC.", session.StartsAt!.Value.ToString("g", CultureInfo.CurrentCulture)],
        _ => T["This session is over. It can still be read."],
    };

    public async ValueTask DisposeAsync()
    {
        // Not disposed: a refresh that is already queued still asks for its token.
        await _closed.CancelAsync();
        _refresh?.Dispose();
        if (_copySource is not null)
            await _copySource.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The page of a session could not do what was asked of it.")]
    private partial void LogFailed(Exception exception);
}
