using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatApp.Tests.Runs;

public sealed class RunOptionsTests
{
    [Theory]
    [InlineData("StorageTimeout", "00:00:00")]
    [InlineData("IdleTimeout", "-00:00:01")]
    [InlineData("MaxConcurrent", "0")]
    [InlineData("Lease", "00:00:01")]
    [InlineData("EventRetention", "23:59:59")]
    [InlineData("KeyRetention", "30.00:00:01")]
    public async Task Start_SettingThatCannotWork_FailsNamingIt(string name, string value)
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(settings: ($"Runs:{name}", value)));

        Assert.Contains($"Runs:{name}", fault.Message, StringComparison.Ordinal);
    }
}
