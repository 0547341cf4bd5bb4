using ChatApp.Data.Entities;
using ChatApp.Runs;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>Which hosts a provider is sent to, in every spelling that somebody's resolver understands.</summary>
public sealed class MediaAddressTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8443")]
    [InlineData("localhost.")]
    [InlineData("metadata")]
    [InlineData("app.localhost")]
    [InlineData("printer.local")]
    [InlineData("metadata.google.internal")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("[::1]")]
    [InlineData("[::]")]
    [InlineData("[::ffff:10.0.0.1]")]
    [InlineData("[64:ff9b::a00:1]")]
    [InlineData("[fd00::1]")]
    [InlineData("[fe80::1]")]
    [InlineData("[ff02::1]")]
    public void Inside_HostOfThisMachineOrItsNetwork_IsInside(string host) => Assert.True(MediaAddress.IsInside(MediaAddress.Read($"https://{host}/a.png")!));

    [Theory]
    [InlineData("example.com")]
    [InlineData("localhost.example.com")]
    [InlineData("10.example.com")]
    [InlineData("münchen.de")]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("192.169.0.1")]
    [InlineData("[2606:4700::1111]")]
    [InlineData("[::ffff:8.8.8.8]")]
    public void Inside_HostOfTheInternet_IsNot(string host) => Assert.False(MediaAddress.IsInside(MediaAddress.Read($"https://{host}/a.png")!));

    [Fact]
    public async Task Start_ConversationWithAnAddressFromBeforeTheRule_DoesNotHandItOn()
    {
        await using var runs = await RunHarness.StartAsync();
        runs.Provider.Script("m", s => s.Text("ok").Finish());
        var first = await runs.RunAsync(new { input = "Look", model = "p/m" });
        await runs.QueryAsync(db =>
        {
            db.MessageAttachments.Add(new MessageAttachment { MessageId = Guid.Parse(first.Text("user_message_id")), Url = "https://10.0.0.1/a.png" });
            return db.SaveChangesAsync();
        });

        await runs.RunAsync(new { input = "And now?", model = "p/m", conversation_id = first.Text("conversation_id") });

        Assert.Contains("Look", runs.Provider.Requests[^1].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.1", runs.Provider.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://example.com/a.png")]
    [InlineData("https://me:secret@example.com/a.png")]
    [InlineData("/a.png")]
    public void Read_NoPlainHttps_IsNone(string? url) => Assert.Null(MediaAddress.Read(url));
}
