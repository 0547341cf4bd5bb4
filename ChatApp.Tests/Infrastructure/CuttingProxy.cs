using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ChatApp.Tests.Infrastructure;

/// <summary>A TCP proxy with an address that stays while the servers behind it change, which cuts connections after given numbers of bytes.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<int> _cuts;
    private readonly TaskCompletionSource _allCut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Uri _target;
    private int _made;

    /// <param name="cuts">Bytes from the server after which the first, second, … connection is cut; the ones after them are not.</param>
    public CuttingProxy(Uri target, params IEnumerable<int> cuts)
    {
        _target = target;
        _cuts = new ConcurrentQueue<int>(cuts);
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Where the next connections go. One that cannot be made is closed at once.</summary>
    public Uri Target { set => _target = value; }

    /// <summary>How many connections it has cut.</summary>
    public int Cuts => Volatile.Read(ref _made);

    /// <summary>Completes when a connection that is not cut has brought its first bytes.</summary>
    public Task AllCut => _allCut.Task;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ForwardAsync(await _listener.AcceptSocketAsync(_stopping.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using var _ = client;
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(_target.Host, _target.Port, _stopping.Token);
            bool isCut = _cuts.TryDequeue(out int bytes);
            var requests = PumpAsync(client, server, long.MaxValue, null);
            await PumpAsync(server, client, isCut ? bytes : long.MaxValue, isCut ? null : _allCut);
            if (isCut)
                Interlocked.Increment(ref _made);
            server.Dispose();
            client.Dispose();
            await requests;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone; the other one follows.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, long bytes, TaskCompletionSource? first)
    {
        byte[] buffer = new byte[16 * 1024];
        while (bytes > 0)
        {
            int n = await from.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), _stopping.Token);
            if (n == 0)
                return;
            for (int sent = 0; sent < n;)
                sent += await to.SendAsync(buffer.AsMemory(sent, n - sent), _stopping.Token);
            bytes -= n;
            // Not between the two line ends that end an event: @microsoft/fetch-event-source has taken its id by then, and not
            // the event. No order of an event's lines can help that client there.
            if (bytes == 0 && buffer[n - 1] == (byte)'\n')
                bytes = 1;
            first?.TrySetResult();
        }
    }
}
