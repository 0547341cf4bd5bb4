using ChatApp.Components.Shared;
using Microsoft.JSInterop;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class PageModuleTests : IAsyncDisposable
{
    private readonly Scripts _scripts = new();

    [Fact]
    public async Task Import_ComponentGoneMeanwhile_GivesTheModuleBack()
    {
        var module = new PageModule(_scripts, "./js/copy.js");
        var import = module.ImportAsync();
        await module.DisposeAsync();
        Assert.False(_scripts.IsReleased);
        _scripts.Arrival.SetResult(_scripts);
        Assert.Null(await import);
        Assert.True(_scripts.IsReleased);
    }

    [Fact]
    public async Task Dispose_AfterTheImport_GivesTheModuleBack()
    {
        var module = new PageModule(_scripts, "./js/copy.js");
        _scripts.Arrival.SetResult(_scripts);
        Assert.Same(_scripts, await module.ImportAsync());
        Assert.False(_scripts.IsReleased);
        await module.DisposeAsync();
        Assert.True(_scripts.IsReleased);
    }

    public ValueTask DisposeAsync() => _scripts.DisposeAsync();

    /// <summary>A browser with one module, which comes when the test says so.</summary>
    private sealed class Scripts : IJSRuntime, IJSObjectReference
    {
        public TaskCompletionSource<IJSObjectReference> Arrival { get; } = new();

        public bool IsReleased { get; private set; }

        public async ValueTask<T> InvokeAsync<T>(string identifier, object?[]? args) => (T)await Arrival.Task;

        public ValueTask<T> InvokeAsync<T>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<T>(identifier, args);

        public ValueTask DisposeAsync()
        {
            IsReleased = true;
            return ValueTask.CompletedTask;
        }
    }
}
