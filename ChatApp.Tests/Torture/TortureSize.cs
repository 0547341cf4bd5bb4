using System.Globalization;

namespace ChatApp.Tests.Torture;

/// <summary>How much the torture tests do: little in CI, as much as <c>scripts/torture</c> asks for by environment variables.</summary>
internal static class TortureSize
{
    public static int Kills { get; } = Number("KILLS", 20);

    public static int Cuts { get; } = Number("CUTS", 100);

    public static int DuplicateSends { get; } = Number("DUPLICATES", 1_000);

    /// <summary>Per client; each costs the seconds that clients wait before they reconnect.</summary>
    public static int EventSourceCuts { get; } = Number("EVENTSOURCE_CUTS", 2);

    public static int StalledReaders { get; } = Number("STALLED", 50);

    public static TimeSpan StalledFor { get; } = TimeSpan.FromSeconds(Number("STALLED_SECONDS", 5));

    /// <summary>Whether times are judged: only where nothing else keeps the machine busy.</summary>
    public static bool JudgesTime { get; } = Number("JUDGE_TIME", 0) == 1;

    /// <summary>Makes the same random choices again; when they take effect depends on the machine.</summary>
    public static int Seed { get; } = Number("SEED", Environment.TickCount & 0xFFFF);

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable($"CHATAPP_TORTURE_{name}") is { Length: > 0 } value
            ? int.Parse(value, CultureInfo.InvariantCulture)
            : otherwise;
}
