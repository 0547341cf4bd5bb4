using System.Globalization;

namespace ChatApp.Dialects.FastApi;

internal static class IsoTime
{
    /// <summary>ISO 8601 in UTC with six decimals: what Python's <c>fromisoformat</c> and JavaScript's <c>Date</c> both read.</summary>
    public static string Of(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
