using Microsoft.JSInterop;

namespace ChatApp.Components.Chat;

/// <summary>Gives the browser the markdown of a message when its copy button is pressed.</summary>
public sealed class CopySource : IAsyncDisposable
{
    private readonly Func<Guid, string?> _find;
    private readonly DotNetObjectReference<CopySource> _self;
    private IJSObjectReference? _module;

    private CopySource(Func<Guid, string?> find)
    {
        _find = find;
        _self = DotNetObjectReference.Create(this);
    }

    /// <param name="find">The text of a message of the page; null for an unknown id.</param>
    public static async Task<CopySource> RegisterAsync(IJSRuntime js, Func<Guid, string?> find)
    {
        var source = new CopySource(find);
        source._module = await js.InvokeAsync<IJSObjectReference>("import", "./js/copy.js");
        await source._module.InvokeVoidAsync("register", source._self);
        return source;
    }

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public string TextOf(Guid messageId) => _find(messageId) ?? "";

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
        }
        _self.Dispose();
    }
}
