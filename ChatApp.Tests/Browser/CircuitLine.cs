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
    private volatile TaskCompletionSource? _acknowledged;
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
            else if (_acknowledged is null)
                page.Send(frame.Binary);
            else
                Forward(frame.Binary, page);
        });
    }

    // A frame may hold several messages, each after its length; what is drawn must arrive also when its acknowledgement does not.
    private void Forward(byte[] frame, IWebSocketRoute page)
    {
        for (int start = 0, end; start < frame.Length; start = end)
        {
            end = EndOfMessage(frame, start);
            byte[] message = frame[start..end];
            if (!IsKept(message))
                page.Send(message);
        }
    }

    // https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md: a VarInt of the body's bytes, then the body.
    private static int EndOfMessage(byte[] frame, int start)
    {
        int length = 0, shift = 0, at = start;
        do
        {
            length |= (frame[at] & 0x7f) << shift;
            shift += 7;
        }
        while ((frame[at++] & 0x80) != 0);
        return at + length;
    }

    private bool IsKept(byte[] message)
    {
        lock (_lock)
        {
            if (_acknowledged is null || message.AsSpan().IndexOf(Acknowledgement) < 0)
                return false;
            _kept.Add(message);
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
