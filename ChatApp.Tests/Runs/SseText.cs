using System.Globalization;
using System.Text;
using System.Text.Json;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>One event as it stood on the wire.</summary>
internal sealed record SseEvent(long Id, string Name, JsonElement Data);

/// <summary>A response of server-sent events, read and taken apart.</summary>
internal static class SseText
{
    /// <summary>
    /// Reads the body until <paramref name="mark"/> stands in what has come so far, or to its end where the mark is null.
    /// Fails when the body ends without it, or nothing ends within half a minute.
    /// </summary>
    /// <returns>Everything from the beginning of <paramref name="before"/> on.</returns>
    public static async Task<string> ReadToAsync(Stream body, string? mark, string before = "")
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var text = new StringBuilder(before);
        var decoder = Encoding.UTF8.GetDecoder();
        byte[] bytes = new byte[16384];
        char[] chars = new char[16384];
        while (mark == null || !text.ToString().Contains(mark, StringComparison.Ordinal))
        {
            int read = await body.ReadAsync(bytes, limit.Token);
            text.Append(chars, 0, decoder.GetChars(bytes, 0, read, chars, 0, flush: read == 0));
            if (read == 0)
            {
                Assert.True(mark == null, $"The stream ended without {mark}.");
                break;
            }
        }
        return text.ToString();
    }

    /// <summary>The events of a whole body; comments are left out.</summary>
    public static IReadOnlyList<SseEvent> Parse(string body)
    {
        Assert.EndsWith("\n\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', body);
        Assert.DoesNotContain('\0', body);
        return [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(f => !f.StartsWith(':')).Select(ParseFrame)];
    }

    /// <summary>The texts of all deltas to blocks of this kind.</summary>
    public static string TextOf(IReadOnlyList<SseEvent> events, string kind)
    {
        var blocks = events.Where(e => e.Name == "block.started" && e.Data.Text("kind") == kind).Select(e => e.Data.GetProperty("index").GetInt32()).ToHashSet();
        return string.Concat(events.Where(e => e.Name == "block.delta" && blocks.Contains(e.Data.GetProperty("index").GetInt32())).Select(e => e.Data.Text("text")));
    }

    private static SseEvent ParseFrame(string frame)
    {
        string[] lines = frame.Split('\n');
        Assert.Equal(3, lines.Length);
        return new SseEvent(
            long.Parse(After(lines[2], "id: "), NumberStyles.None, CultureInfo.InvariantCulture), After(lines[0], "event: "),
            JsonDocument.Parse(After(lines[1], "data: ")).RootElement);
    }

    private static string After(string line, string name)
    {
        Assert.StartsWith(name, line, StringComparison.Ordinal);
        return line[name.Length..];
    }
}
