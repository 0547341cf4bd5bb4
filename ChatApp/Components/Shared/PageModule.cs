using Microsoft.JSInterop;

namespace ChatApp.Components.Shared;

/// <summary>A module of scripts that a component uses, given back to the browser with it, even if it comes only when the component is gone.</summary>
/// <param name="path">From the page's base, as <c>./js/name.js</c>.</param>
public sealed class PageModule(IJSRuntime js, string path) : IAsyncDisposable
{
    private IJSObjectReference? _module;
    private bool _isClosed;

    /// <summary>Loads the module, once.</summary>
    /// <returns>Null where the component has gone meanwhile.</returns>
    public async Task<IJSObjectReference?> ImportAsync()
    {
        _module = await js.InvokeAsync<IJSObjectReference>("import", path);
        if (!_isClosed)
            return _module;
        await DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        try
        {
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
        }
    }
}
