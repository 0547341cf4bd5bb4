using ChatApp.Data;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ChatApp.Tests.Data;

public sealed class DataDirectoryTests
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everybody = Own | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    [Fact]
    public async Task Start_DirectoryOfAnEarlierVersion_IsClosedToOthers()
    {
        if (OperatingSystem.IsWindows())
            return;
        var directory = new TestDirectory();
        File.SetUnixFileMode(directory.Path, Everybody);

        await using var app = await TestApp.StartAsync(directory: directory);

        Assert.Equal(Own, File.GetUnixFileMode(directory.Path));
    }

    [Fact]
    public void Prepare_DirectoryThatIsEverybodysByIntention_StaysSo()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var directory = new TestDirectory();
        File.SetUnixFileMode(directory.Path, Everybody | UnixFileMode.StickyBit);

        DataDirectory.Prepare(directory.Path, NullLogger.Instance);

        Assert.Equal(Everybody | UnixFileMode.StickyBit, File.GetUnixFileMode(directory.Path));
    }
}
