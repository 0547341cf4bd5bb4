using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ChatApp.Tests.Infrastructure;

/// <summary>One request on one raw socket, so that a script may break the wire wherever it likes.</summary>
internal static class ScriptedConnection
{
    public static async Task ServeAsync(ScriptedProvider provider, Socket socket, CancellationToken stopping)
    {
        using (socket)
        {
            try
            {
                if (await ReadRequestAsync(socket, stopping) is { } request)
                    await AnswerAsync(socket, request, provider.AnswerFor(request), stopping);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The caller left or the provider is being disposed.
            }
        }
    }

    private static async Task AnswerAsync(Socket socket, ScriptedRequest request, ScriptedAnswer answer, CancellationToken stopping)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var over = new CancellationTokenSource();
        var watching = WatchAsync(socket, request, gone, over.Token);
        try
        {
            var wire = ScriptedWire.For(request);
            if (answer.StatusCode != 200 || answer.PlainBody is not null)
                await SendPlainAsync(socket, answer, wire, gone.Token);
            else
                await SendStreamAsync(socket, answer, wire, gone.Token);
        }
        finally
        {
            await over.CancelAsync();
            await watching;
        }
    }

    // A caller that has sent its request has nothing more to say: whatever comes now is its end of the connection closing.
    private static async Task WatchAsync(Socket socket, ScriptedRequest request, CancellationTokenSource gone, CancellationToken over)
    {
        try
        {
            await socket.ReceiveAsync(new byte[1], over);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset: left as well.
        }
        request.MarkLeft();
        await gone.CancelAsync();
    }

    private static async Task SendPlainAsync(Socket socket, ScriptedAnswer answer, ScriptedWire wire, CancellationToken gone)
    {
        string body = answer.PlainBody ?? wire.ErrorBody((ScriptedStep.Error)answer.Steps[0]);
        string extra = answer.RetryAfter is null ? "" : $"Retry-After: {answer.RetryAfter}\r\n";
        extra += answer.Location is null ? "" : $"Location: {answer.Location}\r\n";
        await SendAsync(socket, Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {answer.StatusCode} Scripted\r\nContent-Type: application/json\r\nConnection: close\r\n{extra}"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), gone);
        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task SendStreamAsync(Socket socket, ScriptedAnswer answer, ScriptedWire wire, CancellationToken gone)
    {
        await SendAsync(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), gone);
        if (answer.Steps is not [ScriptedStep.Raw, ..])
            await SendEventsAsync(socket, answer, wire.Open(), gone);
        foreach (var step in answer.Steps)
        {
            switch (step)
            {
                case ScriptedStep.Wait wait:
                    await wait.Gate.PassAsync(gone);
                    break;
                case ScriptedStep.Hang:
                    await Task.Delay(Timeout.Infinite, gone);
                    break;
                case ScriptedStep.Drop:
                    socket.LingerState = new LingerOption(true, 0);
                    return;
                case ScriptedStep.End:
                    await SendAsync(socket, "0\r\n\r\n"u8.ToArray(), gone);
                    socket.Shutdown(SocketShutdown.Send);
                    return;
                case ScriptedStep.TextFrom texts:
                    await foreach (string text in texts.Source(gone))
                        await SendEventsAsync(socket, answer, wire.Say(new ScriptedStep.Text(text)), gone);
                    break;
                case ScriptedStep.Raw raw:
                    await SendChunksAsync(socket, raw.Bytes, answer.MaxWrite, gone);
                    break;
                default:
                    await SendEventsAsync(socket, answer, wire.Say(step), gone);
                    break;
            }
        }
        await SendAsync(socket, "0\r\n\r\n"u8.ToArray(), gone);
        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task SendEventsAsync(Socket socket, ScriptedAnswer answer, IEnumerable<string> events, CancellationToken gone)
    {
        foreach (string e in events)
            await SendChunksAsync(socket, Encoding.UTF8.GetBytes(e.Replace("\n", answer.LineEnd, StringComparison.Ordinal)), answer.MaxWrite, gone);
    }

    private static async Task SendChunksAsync(Socket socket, byte[] bytes, int? maxWrite, CancellationToken gone)
    {
        foreach (byte[] part in bytes.Chunk(maxWrite ?? Math.Max(1, bytes.Length)))
            await SendAsync(socket, [.. Encoding.ASCII.GetBytes($"{part.Length:x}\r\n"), .. part, .. "\r\n"u8], gone);
    }

    private static async Task SendAsync(Socket socket, byte[] bytes, CancellationToken gone)
    {
        for (int sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes.AsMemory(sent), gone);
    }

    private static async Task<ScriptedRequest?> ReadRequestAsync(Socket socket, CancellationToken stopping)
    {
        var received = new MemoryStream();
        int headEnd;
        while ((headEnd = received.GetBuffer().AsSpan(0, (int)received.Length).IndexOf("\r\n\r\n"u8)) < 0)
            if (!await ReceiveAsync(socket, received, stopping))
                return null;
        string[] lines = Encoding.Latin1.GetString(received.GetBuffer(), 0, headEnd).Split("\r\n");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1))
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        bool chunked = headers.TryGetValue("Transfer-Encoding", out string? encoding) && encoding == "chunked";
        int length = headers.TryGetValue("Content-Length", out string? value) ? int.Parse(value, CultureInfo.InvariantCulture) : 0;
        byte[]? body;
        while ((body = Body(received, headEnd + 4, length, chunked)) is null)
            if (!await ReceiveAsync(socket, received, stopping))
                return null;
        return new ScriptedRequest(lines[0].Split(' ')[1], headers, Encoding.UTF8.GetString(body));
    }

    // Null while it is incomplete.
    private static byte[]? Body(MemoryStream received, int start, int length, bool chunked)
    {
        byte[] all = received.ToArray();
        if (!chunked)
            return all.Length >= start + length ? all[start..(start + length)] : null;
        var body = new List<byte>();
        for (int at = start; ;)
        {
            int lineEnd = all.AsSpan(at).IndexOf("\r\n"u8);
            if (lineEnd < 0)
                return null;
            int size = int.Parse(Encoding.ASCII.GetString(all, at, lineEnd), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at += lineEnd + 2;
            if (all.Length < at + size + 2)
                return null;
            if (size == 0)
                return [.. body];
            body.AddRange(all.AsSpan(at, size));
            at += size + 2;
        }
    }

    private static async Task<bool> ReceiveAsync(Socket socket, MemoryStream into, CancellationToken stopping)
    {
        byte[] buffer = new byte[16384];
        int n = await socket.ReceiveAsync(buffer, stopping);
        into.Write(buffer, 0, n);
        return n > 0;
    }
}
