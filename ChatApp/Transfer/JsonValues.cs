using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatApp.Transfer;

/// <summary>Reads a JSON file value by value: the members of an array, or values one after the other. One is in memory at a time.</summary>
internal static class JsonValues
{
    /// <summary>Deeper than any export, far less than what a stack takes. A message of one's own may hold a value of 64.</summary>
    public const int MaxDepth = 128;

    /// <summary>Whether it begins as JSON that has objects; leaves the stream at another position.</summary>
    public static async ValueTask<char?> BeginningAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] first = new byte[512];
        int length = await stream.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken);
        var text = first.AsSpan(0, length);
        if (text.StartsWith("\uFEFF"u8))
            text = text[3..];
        text = text.TrimStart(" \t\r\n"u8);
        return text is [(byte)'[' or (byte)'{', ..] ? (char)text[0] : null;
    }

    /// <summary>The values.</summary>
    /// <param name="stream">At its beginning.</param>
    /// <param name="isArray">Whether the file is one array, as <see cref="BeginningAsync"/> has seen.</param>
    /// <param name="limits">How large one value may be.</param>
    /// <exception cref="JsonException">It is no JSON from here on.</exception>
    /// <exception cref="InvalidDataException">A value is too large.</exception>
    public static async IAsyncEnumerable<JsonElement> ReadAsync(
        Stream stream, bool isArray, TransferLimits limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var measured = new MeasuredInput(stream, limits.MaxConversationBytes);
        var options = new JsonSerializerOptions { MaxDepth = MaxDepth, Converters = { new CountedConverter(limits.MaxConversationTokens) } };
        await foreach (var value in JsonSerializer.DeserializeAsyncEnumerable<Counted>(measured, topLevelValues: !isArray, options, cancellationToken))
        {
            yield return value.Element;
            // The reader asks for more only while it lacks the end of a value.
            measured.Restart();
        }
    }

    private readonly record struct Counted(JsonElement Element);

    /// <summary>Counts before anything is made of it: "[0,0,0…" is twelve times as large in memory as in the file, and objects of it larger still.</summary>
    private sealed class CountedConverter(int max) : JsonConverter<Counted>
    {
        public override bool HandleNull => true;

        public override Counted Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var ahead = reader;
            int depth = reader.CurrentDepth;
            for (int count = 1; ahead.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray || ahead.CurrentDepth > depth; count++)
            {
                if (count > max)
                    throw new InvalidDataException("A conversation of the file has more in it than may be.");
                ahead.Read();
            }
            return new Counted(JsonElement.ParseValue(ref reader));
        }

        public override void Write(Utf8JsonWriter writer, Counted value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
