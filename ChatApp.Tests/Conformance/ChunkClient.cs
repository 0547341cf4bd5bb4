using System.Net.Sockets;
using System.Text;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>
/// The strictest of the contracts' readers, on a bare socket: it takes each chunk of HTTP by itself, decodes it, cuts it at "\n",
/// carries nothing over, and parses what begins with "data: " without a try. It holds only if no event is ever split.
/// </summary>
internal static class ChunkClient
{
    /// <param name="onText">Called with the text so far before the next chunk is read.</param>
    public static async Task<ContractAnswer> AskAsync(
        Contract contract, ContractCall call, Uri server, string key, Action<string>? onText, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
        byte[] body = Encoding.UTF8.GetBytes(call.Body ?? "");
        string head = $"{call.Method} {call.Path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {key}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        await socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], cancellationToken);
        await using var stream = new BufferedStream(new NetworkStream(socket));
        Assert.Equal("HTTP/1.1 200 OK", await ReadLineAsync(stream, cancellationToken));
        while (await ReadLineAsync(stream, cancellationToken) is { Length: > 0 })
        {
            // The rest of the head.
        }
        var answer = ContractAnswer.None;
        try
        {
            while (Convert.ToInt32(await ReadLineAsync(stream, cancellationToken), 16) is var size and > 0)
            {
                byte[] chunk = new byte[size];
                await stream.ReadExactlyAsync(chunk, cancellationToken);
                Assert.Equal("", await ReadLineAsync(stream, cancellationToken));
                Assert.True(Ascii.IsValid(chunk));
                string text = Encoding.ASCII.GetString(chunk);
                Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
                foreach (string line in text.Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal)))
                    answer = answer.With(contract.Read(line[6..]));
                onText?.Invoke(answer.Text);
            }
            return answer with { Cut = false };
        }
        catch (IOException)
        {
            // What has arrived counts.
            return answer with { Cut = true };
        }
    }

    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        byte[] next = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(next, cancellationToken);
            if (next[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)next[0]);
        }
    }
}
