using System.Runtime.InteropServices;

namespace ChatApp.CommandLine;

/// <summary>Keeps the process from holding memory that it does not use. docs/decisions/0009-memory.md</summary>
internal static class ProcessMemory
{
    // mallopt(3)
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int MaxArenas = -8;

    /// <summary>
    /// To be called before there are many threads. glibc gives each of them an arena of its own, and keeps in it what one had at its
    /// busiest: the compiler of the runtime takes megabytes for moments. Here they share, and freed blocks go back to the system.
    /// </summary>
    public static void Bound() => IfThere(static () =>
    {
        _ = SetOption(MaxArenas, 1);
        // Setting either keeps glibc from raising them to 32 and 64 MB by itself.
        _ = SetOption(MmapThreshold, 32 << 10);
        _ = SetOption(TrimThreshold, 64 << 10);
    });

    /// <summary>Gives back what only the start needed, the model of the database above all.</summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        IfThere(static () => _ = Trim(0));
    }

    private static void IfThere(Action call)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            call();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library, as Alpine's, which has no such thing to bound.
        }
    }

    [DllImport("libc.so.6", EntryPoint = "mallopt")]
    private static extern int SetOption(int option, int value);

    [DllImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static extern int Trim(nuint pad);
}
