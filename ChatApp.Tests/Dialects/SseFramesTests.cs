using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChatApp.Dialects.Sse;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>Long text is written in pieces; the JSON is the same.</summary>
public sealed class SseFramesTests
{
    public static TheoryData<int> Lengths => [0, 1, 1023, 1024, 1025, 2047, 2048, 2049, 16 * 1024];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void String_AnyLength_IsWhatTheSerializerWrites(int length)
    {
        // An emoji across every place where a piece may end, and what must be escaped.
        foreach (string unit in new[] { "🙂", "a", "é\r\n\"\\", "日本🙂" })
        {
            foreach (string lead in new[] { "", "x" })
            {
                string text = lead + string.Concat(Enumerable.Repeat(unit, (length / unit.Length) + 1));
                foreach (var encoder in new[] { JavaScriptEncoder.Default, JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
                {
                    var output = new ArrayBufferWriter<byte>();
                    using var frames = new SseFrames(output, encoder);
                    frames.Raw("data: "u8).String(text);
                    Assert.Equal(
                        "data: \"" + JsonEncodedText.Encode(text, encoder) + "\"",
                        System.Text.Encoding.UTF8.GetString(output.WrittenSpan));
                }
            }
        }
    }
}
