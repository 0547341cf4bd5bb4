using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;

namespace ChatApp.Tests.Conformance;

/// <summary>
/// A client as those of the contracts are written: it takes each chunk of the network by itself, cuts it at "\n", carries nothing
/// over to the next one, and parses what begins with "data: " without a try.
/// </summary>
internal static class LineClient
{
    /// <param name="onEvent">Called with each event before the next chunk is read.</param>
    /// <returns>The data of all events but <c>[DONE]</c>, and whether the response ended as HTTP says.</returns>
    public static async Task<(List<JsonElement> Events, bool Ended)> ReadAsync(
        Uri server, string key, string path, string? body, Action<JsonElement>? onEvent = null, CancellationToken cancellationToken = default)
    {
        byte[] content = Encoding.UTF8.GetBytes(body ?? "");
        string head = $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {key}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n";
        var (http, events) = (new HttpBytes(), new List<JsonElement>());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
        await socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. content], cancellationToken);
        byte[] buffer = new byte[256 * 1024];
        try
        {
            while (!http.Ended && await socket.ReceiveAsync(buffer, cancellationToken) is var n and > 0)
            {
                var chunk = new List<byte>();
                http.Feed(buffer.AsSpan(0, n), chunk);
                foreach (string line in Encoding.UTF8.GetString([.. chunk]).Split('\n'))
                {
                    if (!line.StartsWith("data: ", StringComparison.Ordinal) || line == "data: [DONE]")
                        continue;
                    var e = JsonDocument.Parse(line[6..]).RootElement;
                    events.Add(e);
                    onEvent?.Invoke(e);
                }
            }
        }
        catch (SocketException)
        {
            // Cut. What has arrived counts.
        }
        return (events, http.Ended);
    }
}
