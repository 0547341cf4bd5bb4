using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ChatApp.Transfer;

/// <summary>Reads a JSON file value by value: the members of an array, or values one after the other. One is in memory at a time.</summary>
internal static class JsonValues
{
    // Deeper than any export, far less than what a stack takes.
    private static readonly JsonSerializerOptions Options = new() { MaxDepth = 64 };

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
    /// <param name="maxBytes">Of one value.</param>
    /// <exception cref="JsonException">It is no JSON from here on.</exception>
    /// <exception cref="InvalidDataException">A value is too large.</exception>
    public static async IAsyncEnumerable<JsonElement> ReadAsync(
        Stream stream, bool isArray, int maxBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var measured = new MeasuredInput(stream, maxBytes);
        await foreach (var value in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(measured, topLevelValues: !isArray, Options, cancellationToken))
        {
            yield return value;
            // The reader asks for more only while it lacks the end of a value.
            measured.Restart();
        }
    }
}
