using ChatApp.Diagnostics;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Diagnostics;

/// <summary>Commands that the doctor names can be typed as they are.</summary>
public sealed class CommandTextTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Program_BelowItsProject_IsRunFromSource()
    {
        string project = Path.Combine(_directory.Path, "ChatApp");
        string location = Directory.CreateDirectory(Path.Combine(project, "bin", "Debug", "net10.0")).FullName + Path.DirectorySeparatorChar;
        File.WriteAllText(Path.Combine(project, "ChatApp.csproj"), "<Project/>");

        var here = CommandText.ProgramAt(location, _directory.Path, Path.Combine(location, "ChatApp"));
        var elsewhere = CommandText.ProgramAt(location, Path.GetTempPath() + "elsewhere", Path.Combine(location, "ChatApp"));

        Assert.Equal(("dotnet run --project ChatApp", "dotnet run --project ChatApp --"), here);
        Assert.Equal($"dotnet run --project {project} --", elsewhere.Verb);
    }

    [Theory]
    [InlineData("/opt/chatapp/ChatApp", "/opt/chatapp/ChatApp")]
    [InlineData("/usr/bin/dotnet", "dotnet /opt/chatapp/ChatApp.dll")]
    public void Program_Published_IsItself(string process, string expected) =>
        Assert.Equal((expected, expected), CommandText.ProgramAt("/opt/chatapp/", "/", process));

    [Fact]
    public void Setting_DirectoryWasSet_GoesBeforeTheCommand()
    {
        Assert.Equal("", CommandText.SettingFor(null));
        Assert.Contains("Data__Directory", CommandText.SettingFor("/var/lib/chatapp"), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal("Data__Directory=\"/var/my data\" ", CommandText.SettingFor("/var/my data"));
    }
}
