namespace ChatApp.Dialects.StudyGuru;

internal static class UnixTime
{
    /// <summary>Seconds since 1970, always with six decimals: a client may ask for a float.</summary>
    public static decimal Now(TimeProvider time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10 * 0.000001m;
}
