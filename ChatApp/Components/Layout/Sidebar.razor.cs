using ChatApp.Components.Shared;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Radzen;

namespace ChatApp.Components.Layout;

/// <summary>The list of a person's conversations, live, with all that can be done to them.</summary>
public sealed partial class Sidebar(
    ConversationIndex index, ConversationEdits edits, ConversationService conversations, ConversationSearch search, Folders folders, Tags tags,
    ConversationFeed feed, NavigationManager navigation, DialogService dialogs, TimeProvider time) : ComponentBase, IDisposable
{
    private const int MaxHits = 40;
    private static readonly ConversationFilter All = new();
    private static readonly TimeSpan ToastTime = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _closed = new();
    private Throttle? _refresh;
    private Throttle? _search;
    private ITimer? _toastTimer;
    private SidebarContent? _content;
    private CurrentUser? _caller;
    private string? _email;
    private TimeSpan _loadTime;
    private bool _filtersWanted;
    private IReadOnlyList<string> _tags = [];
    private string _query = "";
    private IReadOnlyList<SearchHit>? _hits;
    private Discarded? _discarded;
    private string? _problem;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [CascadingParameter]
    private TimeZoneInfo Zone { get; set; } = TimeZoneInfo.Utc;

    private bool ShowsFilters => _filtersWanted || _content?.Filter is not null;

    /// <summary>What the page shows: <c>c</c> or <c>ask</c>, and which.</summary>
    private (string Kind, string Key) Shown => navigation.ToBaseRelativePath(navigation.Uri).Split('?', '#')[0].Split('/') is [var kind, var key]
        ? (kind, Uri.UnescapeDataString(key))
        : ("", "");

    protected override async Task OnInitializedAsync()
    {
        var person = (await Authentication).User;
        if (person.Identity?.IsAuthenticated is not true)
            return;
        _caller = CurrentUser.From(person);
        _email = person.Identity.Name;
        _content = new SidebarContent(index, folders, _caller, Zone, time, T);
        navigation.LocationChanged += OnLocationChanged;
        if (RendererInfo.IsInteractive)
        {
            _refresh = new Throttle(time, () => InvokeAsync(() => TryAsync(() => LoadAsync())));
            _search = new Throttle(time, () => InvokeAsync(SearchAsync));
            // Registers before the first load, so nothing falls between the two.
            _ = WatchAsync(_caller);
        }
        await OpenShownFolderAsync();
        await _content.LoadAsync(_closed.Token);
    }

    // What the page shows is seen in the list, too. True when a folder had to be opened for it.
    private async Task<bool> OpenShownFolderAsync() =>
        Shown is ("c", var key) && Guid.TryParse(key, out var id)
        && await conversations.FindAsync(_caller!, id, _closed.Token) is { FolderId: { } folder } && _content!.Open(folder);

    private bool IsCurrent(ConversationSummary conversation) => Shown switch
    {
        ("c", var key) => Guid.TryParse(key, out var id) && id == conversation.Id,
        ("ask", var key) => conversation.Source == ConversationSources.Ask && string.Equals(conversation.ExternalId, key, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private async Task WatchAsync(CurrentUser caller)
    {
        try
        {
            // A client of the API may start many runs a second; the list is loaded at most five times, and a long one takes a tenth of the time.
            await foreach (var _ in feed.WatchAsync(caller.Id, _closed.Token))
                _refresh!.Request(TimeSpan.FromMilliseconds(Math.Max(200, 10 * _loadTime.TotalMilliseconds)));
        }
        catch (OperationCanceledException)
        {
        }
    }

    // What escapes from here shows an error in the place of the sidebar.
    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            StateHasChanged();
        }
        catch (Exception exception) when (T.Why(exception) is { } why)
        {
            ShowToast(null, why);
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

    private async Task LoadAsync(int? from = null)
    {
        if (_content is null)
            return;
        long begun = time.GetTimestamp();
        await _content.LoadAsync(_closed.Token, from);
        _loadTime = time.GetElapsedTime(begun);
        if (ShowsFilters)
            _tags = await tags.ListAsync(_caller!, _closed.Token);
    }

    private async Task OnCommandAsync(ChangeEventArgs change)
    {
        if (_caller is null || _content is null || SidebarCommand.Parse(change.Value) is not { } command)
            return;
        _problem = null;
        await TryAsync(() => RunAsync(command, _content));
    }

    private async Task RunAsync(SidebarCommand command, SidebarContent content)
    {
        switch (command.Do)
        {
            case "window":
                await content.MoveAsync(int.TryParse(command.Value, out int line) ? line : 0, _closed.Token);
                return;
            case "toggle":
                content.Toggle(command.Id);
                break;
            case "rename" when content.Folders.Any(f => f.Id == command.Id):
                await folders.RenameAsync(_caller!, command.Id, command.Value, _closed.Token);
                break;
            case "delete-folder":
                if (await folders.DeleteAsync(_caller!, command.Id, _closed.Token) is { } deleted)
                    ShowToast(new Discarded(T["Folder deleted: {0}", deleted.Name], () => folders.RestoreAsync(_caller!, deleted, _closed.Token)), null);
                break;
            case "new-folder":
                await CreateFolderAsync(command.Id, content);
                break;
            case "delete":
                await DiscardAsync(command.Id);
                break;
            case "archive":
                await ArchiveAsync(command.Id);
                break;
            case "tags" or "share":
                await OpenDialogAsync(command);
                break;
            default:
                if (ChangesOf(command) is { } changes)
                    await edits.ChangeAsync(_caller!, command.Id, changes, _closed.Token);
                if (command.Do == "move" && Guid.TryParse(command.Value, out var folder))
                    content.Open(folder);
                break;
        }
        await LoadAsync();
    }

    private static ConversationChanges? ChangesOf(SidebarCommand command) => command switch
    {
        { Do: "rename", Value: { } title } => new() { Title = title },
        { Do: "pin" } => new() { Pinned = true },
        { Do: "unpin" } => new() { Pinned = false },
        { Do: "unarchive" } => new() { Archived = false },
        { Do: "move" } => new() { FolderId = Guid.TryParse(command.Value, out var folder) ? folder : Guid.Empty },
        _ => null,
    };

    private async Task OpenDialogAsync(SidebarCommand command)
    {
        if (await conversations.FindAsync(_caller!, command.Id, _closed.Token) is not { } conversation)
            return;
        if (command.Do == "tags")
            await dialogs.OpenAsync<TagsDialog>(T["Tags"], new() { ["Conversation"] = conversation, ["Caller"] = _caller! }, DialogLook.Small);
        else
            await dialogs.OpenAsync<ShareDialog>(T["Share"], new() { ["ConversationId"] = conversation.Id, ["Caller"] = _caller! }, DialogLook.Small);
    }

    private async Task CreateFolderAsync(Guid conversation, SidebarContent content)
    {
        if (await dialogs.OpenAsync<FolderDialog>(T["New folder"], new() { ["Caller"] = _caller! }, DialogLook.Small) is not FolderView folder || conversation == Guid.Empty)
            return;
        await edits.ChangeAsync(_caller!, conversation, new() { FolderId = folder.Id }, _closed.Token);
        content.Open(folder.Id);
    }

    private async Task DiscardAsync(Guid id)
    {
        if (await conversations.FindAsync(_caller!, id, _closed.Token) is not { } conversation || !await edits.DiscardAsync(_caller!, id, _closed.Token))
            return;
        bool wasShown = IsCurrent(conversation);
        ShowToast(new Discarded(T["Deleted: {0}", conversation.Title], async () =>
        {
            if (await edits.RestoreAsync(_caller!, id, _closed.Token) && wasShown)
                navigation.NavigateTo($"/c/{id}");
        }), null);
        if (wasShown)
            navigation.NavigateTo("/");
    }

    private async Task ArchiveAsync(Guid id)
    {
        if (await conversations.FindAsync(_caller!, id, _closed.Token) is not { } conversation
            || !await edits.ChangeAsync(_caller!, id, new() { Archived = true }, _closed.Token))
            return;
        ShowToast(new Discarded(
            T["Archived: {0}", conversation.Title], () => edits.ChangeAsync(_caller!, id, new() { Archived = false }, _closed.Token)), null);
    }

    private async Task UndoAsync()
    {
        if (_discarded is not { } discarded)
            return;
        ShowToast(null, null);
        await TryAsync(async () =>
        {
            await discarded.Restore();
            await LoadAsync();
        });
    }

    private void ShowToast(Discarded? discarded, string? problem)
    {
        (_discarded, _problem) = (discarded, problem);
        _toastTimer ??= time.CreateTimer(_ => InvokeAsync(() =>
        {
            (_discarded, _problem) = (null, null);
            StateHasChanged();
        }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _toastTimer.Change(ToastTime, Timeout.InfiniteTimeSpan);
    }

    private Task ToggleFiltersAsync() => TryAsync(async () =>
    {
        _filtersWanted = !ShowsFilters;
        if (_filtersWanted)
            _tags = await tags.ListAsync(_caller!, _closed.Token);
        else if (_content?.Filter is not null)
            await FilterAsync(null);
    });

    private Task FilterAsync(ConversationFilter? filter) => TryAsync(() =>
    {
        _content?.Filter = filter;
        return LoadAsync(from: 0);
    });

    private void OnSearch(ChangeEventArgs change)
    {
        _query = change.Value?.ToString() ?? "";
        _search?.Request(TimeSpan.FromMilliseconds(150));
    }

    private Task SearchAsync() => TryAsync(async () =>
    {
        string query = _query;
        var hits = string.IsNullOrWhiteSpace(query) ? null : await search.FindAsync(_caller!, query, MaxHits, _closed.Token);
        // What was typed meanwhile has its own search.
        if (query != _query)
            return;
        // The list comes back as a new one, at its top.
        if (hits is null && _hits is not null)
            await LoadAsync(from: 0);
        _hits = hits;
    });

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) => _ = InvokeAsync(() => TryAsync(async () =>
    {
        StateHasChanged();
        if (await OpenShownFolderAsync())
            await LoadAsync();
    }));

    public void Dispose()
    {
        navigation.LocationChanged -= OnLocationChanged;
        // Not disposed: a refresh that is already queued still asks for its token.
        _closed.Cancel();
        _refresh?.Dispose();
        _search?.Dispose();
        _toastTimer?.Dispose();
    }

    /// <summary>What was thrown away just now.</summary>
    private sealed record Discarded(string Text, Func<Task> Restore);
}
