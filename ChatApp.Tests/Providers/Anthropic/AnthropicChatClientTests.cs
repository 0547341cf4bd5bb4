using ChatApp.Providers;
using ChatApp.Providers.Anthropic;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Xunit;

namespace ChatApp.Tests.Providers.Anthropic;

public sealed class AnthropicChatClientTests : ChatClientContract
{
    private protected override IChatClient NewClient(int port, string? key) =>
        new AnthropicChatClient(Http, ProviderName, new Uri($"http://127.0.0.1:{port}"), key, Time);

    [Fact]
    public async Task Stream_Request_HasKeyModelSystemAndLimit()
    {
        Provider.Script("m", s => s.Text("ok").Finish());

        await StreamedAnswer.ReadAsync(NewClient(), "m", null, new ChatOptions { Instructions = "Be brief.", MaxOutputTokens = 77 });

        var request = Assert.Single(Provider.Requests);
        Assert.Equal("/v1/messages", request.Path);
        Assert.Equal("Bearer sk-canary-0123456789abcdef", request.Headers["Authorization"]);
        Assert.Equal(77, request.Json.GetProperty("max_tokens").GetInt32());
        Assert.Contains("Be brief.", request.Json.GetProperty("system").GetRawText(), StringComparison.Ordinal);
        Assert.True(request.Json.GetProperty("stream").GetBoolean());
    }

    [Fact]
    public async Task Stream_NoKey_SendsNoKeyOfTheEnvironment()
    {
        Provider.Script("m", s => s.Text("ok").Finish());
        Environment.SetEnvironmentVariable("ANTHROPIC_API_KEY", "sk-of-somebody-else");
        Environment.SetEnvironmentVariable("ANTHROPIC_AUTH_TOKEN", "token-of-somebody-else");
        try
        {
            await StreamedAnswer.ReadAsync(NewClient(Provider.Port, null));
        }
        finally
        {
            Environment.SetEnvironmentVariable("ANTHROPIC_API_KEY", null);
            Environment.SetEnvironmentVariable("ANTHROPIC_AUTH_TOKEN", null);
        }

        Assert.DoesNotContain(Assert.Single(Provider.Requests).Headers.Values, v => v.Contains("somebody", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_StopReasonButNoMessageStop_IsDropped()
    {
        var answer = await AskAsync(s => s.Text("partial").Raw(
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":5}}\n\n").End());

        Assert.Equal("partial", answer.Text);
        Assert.Equal(ProviderFault.Dropped, answer.Fault?.Fault);
    }

    [Fact]
    public async Task Stream_MalformedEvent_IsInvalid()
    {
        var answer = await AskAsync(s => s.Text("partial").Raw("event: content_block_delta\ndata: {oops\n\n").Finish());

        Assert.Equal("partial", answer.Text);
        Assert.Equal(ProviderFault.InvalidResponse, answer.Fault?.Fault);
    }
}
