using System.Runtime.Versioning;
using ChatApp.Data;
using Microsoft.Extensions.Options;

namespace ChatApp.Diagnostics.Checks;

internal sealed class PermissionsCheck(IOptions<DataOptions> options) : IDiagnosticCheck
{
    public string Category => "files";
    public string Name => "permissions";
    public bool NeedsDatabase => false;

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(
        !Directory.Exists(options.Value.FullDirectory) ? CheckResult.Ok($"There is no {options.Value.FullDirectory} yet. The server makes it for its own user only.")
        : OperatingSystem.IsWindows() ? CheckResult.Ok("Windows keeps them; they are not looked at.") : Look(options.Value.FullDirectory));

    [UnsupportedOSPlatform("windows")]
    private static CheckResult Look(string directory) => !DataDirectory.IsOpen(directory)
        ? CheckResult.Ok($"Only the server's own user gets into {directory}.")
        : CheckResult.Warning($"Other users of this machine can get into {directory}, where conversations and keys are.", $"chmod 700 '{directory}'");
}

internal sealed class DiskSpaceCheck(IOptions<DataOptions> options) : IDiagnosticCheck
{
    private const long Megabyte = 1 << 20;

    public string Category => "files";
    public string Name => "disk space";
    public bool NeedsDatabase => false;

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        long free = new DriveInfo(Existing(options.Value.FullDirectory)).AvailableFreeSpace / Megabyte;
        string message = $"{free} MB are free.";
        const string fix = "Free some space, or move the data: stop the server, move the folder, and set Data__Directory to its new place.";
        return Task.FromResult(free switch
        {
            < 100 => CheckResult.Error(message, fix),
            < 1024 => CheckResult.Warning(message, fix),
            _ => CheckResult.Ok(message),
        });
    }

    /// <summary>The folder, or the one in which it would be made.</summary>
    private static string Existing(string directory)
    {
        while (!Directory.Exists(directory))
            directory = Path.GetDirectoryName(directory)!;
        return directory;
    }
}
