using System.Text;
using Microsoft.Playwright;

namespace ChatApp.Tests.Browser;

/// <summary>The line between a page and its circuit, which a test cuts, mends, and robs of the server's acknowledgements.</summary>
internal sealed class CircuitLine
{
    private static readonly byte[] Acknowledgement = Encoding.ASCII.GetBytes("JS.EndInvokeDotNet");

    private readonly Lock _lock = new();
    private readonly List<byte[]> _kept = [];
    private TaskCompletionSource _open = Done();
    private TaskCompletionSource? _acknowledged;
    private IWebSocketRoute? _socket;

    private CircuitLine()
    {
    }

    /// <summary>For the circuits that the page opens from now on.</summary>
    public static async Task<CircuitLine> PutInAsync(IPage page)
    {
        var line = new CircuitLine();
        await page.RouteWebSocketAsync("**/_blazor?**", line.Connect);
        await page.RouteAsync("**/_blazor/negotiate?**", async route =>
        {
            await line._open.Task;
            await route.ContinueAsync();
        });
        return line;
    }

    /// <summary>Closes the connection, and lets no new one be made.</summary>
    public Task CutAsync()
    {
        Hold();
        return DropAsync();
    }

    /// <summary>Closes the connection.</summary>
    public Task DropAsync() => _socket!.CloseAsync(new() { Code = 4000 });

    /// <summary>Lets no new connection be made.</summary>
    public void Hold() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mend() => _open.SetResult();

    /// <summary>Keeps back what tells the page that its calls were carried out.</summary>
    /// <returns>Completes when the first one is kept.</returns>
    public Task KeepAcknowledgements()
    {
        lock (_lock)
            return (_acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Gives the page what was kept back.</summary>
    public void ReleaseAcknowledgements()
    {
        lock (_lock)
        {
            _acknowledged = null;
            _kept.ForEach(_socket!.Send);
            _kept.Clear();
        }
    }

    private void Connect(IWebSocketRoute page)
    {
        lock (_lock)
        {
            _socket = page;
            // What was kept back from an earlier connection is lost.
            _acknowledged = null;
            _kept.Clear();
        }
        var server = page.ConnectToServer();
        server.OnMessage(frame =>
        {
            if (frame.Binary is null)
                page.Send(frame.Text!);
            else if (!IsKept(frame.Binary))
                page.Send(frame.Binary);
        });
    }

    private bool IsKept(byte[] frame)
    {
        lock (_lock)
        {
            if (_acknowledged is null || frame.AsSpan().IndexOf(Acknowledgement) < 0)
                return false;
            _kept.Add(frame);
            _acknowledged.TrySetResult();
            return true;
        }
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
