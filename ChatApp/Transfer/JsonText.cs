using System.Globalization;
using System.Text.Json;

namespace ChatApp.Transfer;

/// <summary>Reads members of foreign JSON, which may be missing, null or of another kind.</summary>
internal static class JsonText
{
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static bool IsTrue(this JsonElement element, string name) => element.Member(name) is { ValueKind: JsonValueKind.True };

    /// <summary>The members of an array; none where it is no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>A time in seconds since 1970 or in ISO 8601; null for anything else.</summary>
    public static DateTime? Time(this JsonElement element, string name) => element.Member(name) switch
    {
        // Beyond this is no time of a chat, and beyond what DateTime takes.
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out double seconds) && seconds is > 0 and < 1e11 =>
            DateTime.UnixEpoch.AddTicks((long)(seconds * 1e6) * (TimeSpan.TicksPerSecond / 1_000_000)),
        { ValueKind: JsonValueKind.String } text when DateTime.TryParse(
            text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) => time,
        _ => null,
    };
}
