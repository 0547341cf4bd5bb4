using System.Text;
using Microsoft.JSInterop;

namespace ChatApp.Tests.Components;

/// <summary>A text of the browser; refuses to be read beyond the limit, as the framework's does.</summary>
internal sealed class BrowserText(string text) : IJSStreamReference
{
    private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);

    public long Length => _bytes.Length;

    public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize = 512000, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Length, maxAllowedSize);
        return ValueTask.FromResult<Stream>(new MemoryStream(_bytes));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A text whose rest never comes: what the framework says after a minute of a connection that was cut.</summary>
internal sealed class CutText : IJSStreamReference
{
    /// <summary>Ends the waiting.</summary>
    public TaskCompletionSource<Stream> Arrival { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Length => 1;

    public async ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize = 512000, CancellationToken cancellationToken = default) => await Arrival.Task;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
