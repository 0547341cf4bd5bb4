using ChatApp.Components.Shared;
using Microsoft.JSInterop;

namespace ChatApp.Components.Chat;

/// <summary>Gives the browser the markdown of a message when its copy button is pressed.</summary>
public sealed class CopySource : IAsyncDisposable
{
    private readonly Func<Guid, string?> _find;
    private readonly DotNetObjectReference<CopySource> _self;
    private readonly PageModule _module;

    /// <param name="find">The text of a message of the page; null for an unknown id.</param>
    public CopySource(IJSRuntime js, Func<Guid, string?> find)
    {
        _find = find;
        _self = DotNetObjectReference.Create(this);
        _module = new PageModule(js, "./js/copy.js");
    }

    /// <summary>From now on the buttons of the page ask here.</summary>
    public async Task RegisterAsync()
    {
        if (await _module.ImportAsync() is { } module)
            await module.InvokeVoidAsync("register", _self);
    }

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public string TextOf(Guid messageId) => _find(messageId) ?? "";

    public async ValueTask DisposeAsync()
    {
        await _module.DisposeAsync();
        _self.Dispose();
    }
}
