using System.Net.Sockets;
using ChatApp.Tests.Infrastructure;

namespace ChatApp.Tests.Torture;

/// <summary>Connections that ask for a run's events and read nothing of them.</summary>
internal sealed class StalledReaders(Installation installation, ServerProcess server) : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <summary>How many hold something that nobody has read.</summary>
    public int Unread => _sockets.Count(s => s.Available > 0);

    public async Task ConnectAsync(string run, int count, CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
        {
            // The smallest that the system gives.
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 };
            _sockets.Add(socket);
            await socket.ConnectAsync(server.Address.Host, server.Address.Port, cancellationToken);
            await socket.SendAsync(RawRunClient.EventsRequest(server.Address, run, installation.Key), cancellationToken);
        }
    }

    public void Dispose() => _sockets.ForEach(s => s.Dispose());
}

/// <summary>The largest resident size of a server that was seen, in bytes.</summary>
internal sealed class ServerSize(ServerProcess server)
{
    public long Peak { get; private set; }

    public void Measure() => Peak = Math.Max(Peak, server.ResidentBytes);
}
