using System.Globalization;
using System.Net.Sockets;
using System.Text;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Conformance;

/// <summary>Sends one request of a trace over a socket and compares the answer's bytes.</summary>
internal sealed class TraceClient(Uri server, TraceValues values)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <param name="delta">What an event with a piece of the answer looks like; null for none.</param>
    /// <param name="scripts">What the model says meanwhile.</param>
    public async Task PlayAsync(Trace.Exchange exchange, string? delta, IReadOnlyList<TraceScript> scripts, CancellationToken cancellationToken)
    {
        var pattern = delta == null ? null : TraceValues.DeltaPattern(delta);
        var http = new HttpBytes();
        var body = new List<byte>();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
        await socket.SendAsync(RequestBytes(exchange), cancellationToken);
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (!http.Ended && await socket.ReceiveAsync(buffer, cancellationToken) is var n and > 0)
            {
                http.Feed(buffer.AsSpan(0, n), body);
                if (pattern == null)
                    continue;
                int deltas = Encoding.UTF8.GetString([.. body]).Split("\n\n")[..^1].Count(pattern.IsMatch);
                foreach (var script in scripts)
                    script.Received(deltas);
            }
        }
        catch (SocketException)
        {
            // Cut by the server. What has arrived counts.
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The answer did not end. So far:\n{http.Status}\n{Encoding.UTF8.GetString([.. body])}");
        }
        string text = Strict.GetString([.. body]);
        string expected = string.Join('\n', exchange.Lines);
        if (pattern != null && scripts.Any(s => s.IsBurst))
            (text, expected) = (Merge(text, pattern), Merge(expected, pattern));
        AssertAnswer(exchange, http, expected.Split('\n'), text.Split('\n'));
    }

    private byte[] RequestBytes(Trace.Exchange exchange)
    {
        byte[] body = exchange.Body == null ? [] : Encoding.UTF8.GetBytes(values.Fill(exchange.Body));
        var head = new StringBuilder().Append(values.Fill(exchange.RequestLine)).Append(" HTTP/1.1\r\n");
        foreach (string header in exchange.RequestHeaders)
            head.Append(values.Fill(header)).Append("\r\n");
        if (exchange.Body != null && !exchange.RequestHeaders.Any(h => h.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase)))
            head.Append("Content-Type: application/json\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Host: {server.Authority}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. body];
    }

    /// <summary>Joins the events with pieces of the answer that stand beside each other.</summary>
    private static string Merge(string body, System.Text.RegularExpressions.Regex pattern)
    {
        var merged = new List<string>();
        (string Before, string Piece, string After)? last = null;
        foreach (string frame in body.Split("\n\n"))
        {
            var match = pattern.Match(frame);
            if (!match.Success)
            {
                last = null;
                merged.Add(frame);
                continue;
            }
            var (before, piece, after) = (match.Groups["before"].Value, match.Groups["piece"].Value, match.Groups["after"].Value);
            if (last is { } l)
            {
                (before, piece, after) = (l.Before, l.Piece + piece, l.After);
                merged.RemoveAt(merged.Count - 1);
            }
            last = (before, piece, after);
            merged.Add(before + piece + after);
        }
        return string.Join("\n\n", merged);
    }

    private void AssertAnswer(Trace.Exchange exchange, HttpBytes http, string[] expected, string[] lines)
    {
        string what = $"{exchange.RequestLine}: {http.Status}\n{string.Join('\n', lines)}\n";
        Assert.True(exchange.Status == http.Status.ToString(CultureInfo.InvariantCulture), $"{exchange.Status} expected.\n{what}");
        for (int i = 0; i < Math.Max(expected.Length, lines.Length); i++)
        {
            string? wanted = expected.ElementAtOrDefault(i), line = lines.ElementAtOrDefault(i);
            Assert.True(wanted != null && line != null && values.Matches(wanted, line), $"Line {i + 1} of the body should be\n{wanted ?? "(nothing)"}\nbut is\n{line ?? "(nothing)"}\n\n{what}");
        }
        foreach (var (name, value) in exchange.Headers)
        {
            string? actual = http.Header(name);
            Assert.True(value == "{absent}" ? actual == null : actual != null && values.Matches(value, actual), $"{name} should be\n{value}\nbut is\n{actual ?? "(nothing)"}\n\n{what}");
        }
        Assert.True(exchange.Ends == http.Ended, $"The response {(http.Ended ? "ended" : "was cut")}.\n{what}");
    }
}
