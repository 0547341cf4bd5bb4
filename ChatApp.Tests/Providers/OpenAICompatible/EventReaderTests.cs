using System.Text;
using ChatApp.Providers.OpenAICompatible;
using Xunit;

namespace ChatApp.Tests.Providers.OpenAICompatible;

public sealed class EventReaderTests
{
    [Theory]
    [InlineData("data: a\n\ndata:b\n\n", "a|b")]
    [InlineData("data: a\r\n\r\ndata:  b\r\n\r\n", "a| b")]
    [InlineData("data: a\r\rdata: b\r\r", "a|b")]
    [InlineData("\uFEFFdata: a\n\n", "a")]
    [InlineData(":c\n\n:d\n\n\n\ndata: a\n:e\n\n", "a")]
    [InlineData("data: a\ndata: b\ndata\ndata:c\n\n", "a\nb\n\nc")]
    [InlineData("data: a\r\ndata: b\r\n\r\n", "a\nb")]
    [InlineData("id: 1\ndatabase: no\nevent: error\ndata: a\n\ndata: b\n\n", "!a|b")]
    [InlineData("event:  error \ndata: a\nevent: ping\n\n", "a")]
    [InlineData("data\n\n", "")]
    [InlineData("data: a\n\ndata: not ended\n", "a")]
    public async Task TryRead_AnySplitOfTheBytes_GivesTheSameEvents(string stream, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(stream);
        for (int size = 1; size <= bytes.Length; size++)
            Assert.Equal(expected, await ReadAsync(bytes, size));
    }

    [Fact]
    public async Task TryRead_EventsOfManySizes_AreWholeAtAnyReadSize()
    {
        string[] events = [.. Enumerable.Range(0, 60).Select(i => new string((char)('a' + (i % 26)), i * i * 5 % 9001))];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(events.Select(e => $"data: {e}\n\n")));
        foreach (int size in (int[])[7, 1000, 4096, 5000, 70000])
            Assert.Equal(string.Join('|', events), await ReadAsync(bytes, size));
    }

    private static async Task<string> ReadAsync(byte[] bytes, int size)
    {
        using var reader = new EventReader(new SlicedStream(bytes, size));
        var events = new List<string>();
        while (await reader.FillAsync(default))
            while (reader.TryRead(out bool isError, out var data))
                events.Add((isError ? "!" : "") + Encoding.UTF8.GetString(data));
        return string.Join('|', events);
    }

    private sealed class SlicedStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, size)], cancellationToken);
    }
}
