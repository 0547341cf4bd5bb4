using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ChatApp.Tests.Infrastructure;

/// <summary>The built server as a process of its own, on a port that the system chooses, which a test may kill at any moment.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private const string ListeningLine = "Now listening on: ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly ConcurrentDictionary<Process, byte> Alive = new();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<string, bool> _until;
    private Uri? _address;

    // A test run that is stopped in its middle leaves no servers behind.
    static ServerProcess() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        foreach (var process in Alive.Keys)
            process.Kill();
    };

    private ServerProcess(ProcessStartInfo start, Func<string, bool> until)
    {
        _until = until;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _reached.TrySetException(new InvalidOperationException("The server ended by itself."));
        Started = Stopwatch.StartNew();
        _process.Start();
        Alive[_process] = 0;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Runs since the process was started.</summary>
    public Stopwatch Started { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address => _address ?? throw new InvalidOperationException("It does not listen yet.");

    /// <summary>What it has logged.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Physical memory that it uses now.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts it and returns when it listens, or when it has written a line that <paramref name="until"/> waits for.</summary>
    /// <param name="settings">As on the command line, e.g. <c>Runs:MaxConcurrent=5000</c>.</param>
    public static async Task<ServerProcess> StartAsync(string dataDirectory, IEnumerable<string> settings, Func<string, bool>? until = null)
    {
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "ChatApp.exe" : "ChatApp");
        var start = new ProcessStartInfo(program, ["--urls=http://127.0.0.1:0", $"--Data:Directory={dataDirectory}", .. settings.Select(s => $"--{s}")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        var server = new ServerProcess(start, until ?? (static _ => false));
        try
        {
            await server._reached.Task.WaitAsync(StartLimit);
            return server;
        }
        catch (Exception e)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"The server did not start: {e.Message}\n{string.Join('\n', server.Log)}", e);
        }
    }

    /// <summary>SIGKILL: it gets no chance to do anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync(StartLimit);
    }

    /// <summary>SIGTERM, as a service manager sends it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync(TimeSpan limit)
    {
        if (SendSignal(_process.Id, SigTerm) != 0)
            throw new InvalidOperationException($"SIGTERM could not be sent: {Marshal.GetLastPInvokeErrorMessage()}");
        await EndAsync(limit);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (Alive.ContainsKey(_process))
            await KillAsync();
        _process.Dispose();
    }

    private async Task EndAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        await _process.WaitForExitAsync(deadline.Token);
        Alive.TryRemove(_process, out _);
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        _log.Enqueue(line);
        int at = line.IndexOf(ListeningLine, StringComparison.Ordinal);
        if (at >= 0)
            _address = new Uri(line[(at + ListeningLine.Length)..]);
        if (at >= 0 || _until(line))
            _reached.TrySetResult();
    }

    private const int SigTerm = 15;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
