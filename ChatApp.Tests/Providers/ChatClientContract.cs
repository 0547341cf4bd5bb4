using System.Globalization;
using ChatApp.Providers;
using ChatApp.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ChatApp.Tests.Providers;

/// <summary>What every client of a provider promises, whatever wire it speaks.</summary>
public abstract class ChatClientContract : IAsyncLifetime
{
    private protected const string ProviderName = "Acme";
    private const string Key = "sk-canary-0123456789abcdef";

    private protected ScriptedProvider Provider { get; } = ScriptedProvider.Start();
    private protected ProviderHttp Http { get; } = new(new ConfigurationBuilder().Build());
    private protected ManualTime Time { get; } = new();

    private protected abstract IChatClient NewClient(int port, string? key);

    private protected IChatClient NewClient() => NewClient(Provider.Port, Key);

    private protected Task<StreamedAnswer> AskAsync(Func<ScriptedAnswer, ScriptedAnswer> script)
    {
        Provider.Script("m", script);
        return StreamedAnswer.ReadAsync(NewClient());
    }

    [Fact]
    public async Task Stream_WholeAnswer_GivesTextFinishAndUsage()
    {
        var answer = await AskAsync(s => s.Text("Hel").Text("lo").Finish());

        Assert.Null(answer.Fault);
        Assert.Equal("Hello", answer.Text);
        Assert.Equal(ChatFinishReason.Stop, answer.Finish);
        Assert.Equal(5, answer.Usage.OutputTokenCount);
        Assert.Equal(3, answer.Usage.CachedInputTokenCount);
    }

    [Theory]
    [InlineData("length")]
    [InlineData("content_filter")]
    [InlineData("tool_calls")]
    public async Task Stream_OtherFinishReason_IsPassedOn(string reason)
    {
        var answer = await AskAsync(s => s.Text("Hel").Finish(reason));

        Assert.Null(answer.Fault);
        Assert.Equal(reason, answer.Finish?.Value);
    }

    [Fact]
    public async Task Stream_Reasoning_IsKeptApartFromText()
    {
        var answer = await AskAsync(s => s.Reasoning("Hm, ").Reasoning("well").Text("Yes").Finish());

        Assert.Equal("Hm, well", answer.Reasoning);
        Assert.Equal("Yes", answer.Text);
    }

    [Fact]
    public async Task Stream_ToolCall_IsPutTogether()
    {
        var answer = await AskAsync(s => s.Text("Let me see").ToolCall("call_1", "weather", "{\"city\":", "\"Ulm\"}").Finish("tool_calls"));

        var call = Assert.Single(answer.Contents.OfType<FunctionCallContent>());
        Assert.Equal(("call_1", "weather", "Ulm"), (call.CallId, call.Name, call.Arguments!["city"]!.ToString()));
        Assert.Equal(ChatFinishReason.ToolCalls, answer.Finish);
    }

    [Fact]
    public async Task Stream_SecondDeltaNotYetSent_FirstHasArrived()
    {
        var gate = new Gate();
        Provider.Script("m", s => s.Text("Hel").Wait(gate).Text("lo").Finish());
        await using var updates = NewClient().GetStreamingResponseAsync("hi", new ChatOptions { ModelId = "m" }).GetAsyncEnumerator();
        string text = "";
        while (text.Length == 0 && await updates.MoveNextAsync())
            text += updates.Current.Text;

        Assert.Equal("Hel", text);
        gate.Open();
        while (await updates.MoveNextAsync())
            text += updates.Current.Text;
        Assert.Equal("Hello", text);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Stream_OneByteAtATime_IsTheSameText(string newLine)
    {
        const string text = "héllo 日本語 🙂 \r\n \0 \" \\ </script>\u2028";

        var answer = await AskAsync(s => s.OneBytePerWrite().NewLine(newLine).Text(text).Text(text).Finish());

        Assert.Null(answer.Fault);
        Assert.Equal(text + text, answer.Text);
    }

    [Fact]
    public async Task Stream_ErrorFrame_KeepsThePartAndFails()
    {
        var answer = await AskAsync(s => s.Text("par").Text("tial").Error($"The engine burst. Key {Key} was used."));

        Assert.Equal("partial", answer.Text);
        Assert.Equal(ProviderFault.ServerError, answer.Fault?.Fault);
        Assert.Contains(ProviderName, answer.Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("The engine burst.", answer.Fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", answer.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_EndWithoutFinish_IsDropped()
    {
        var answer = await AskAsync(s => s.Text("partial").End());

        Assert.Equal("partial", answer.Text);
        Assert.Equal(ProviderFault.Dropped, answer.Fault?.Fault);
    }

    [Fact]
    public async Task Stream_EmptyBody_IsDropped()
    {
        var answer = await AskAsync(s => s.End());

        Assert.Equal(ProviderFault.Dropped, answer.Fault?.Fault);
    }

    [Fact]
    public async Task Stream_ConnectionReset_IsDropped()
    {
        var gate = new Gate();
        Provider.Script("m", s => s.Text("partial").Wait(gate).Drop());
        var client = NewClient();
        string text = "";

        var fault = await Assert.ThrowsAsync<ProviderException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("hi", new ChatOptions { ModelId = "m" }))
            {
                text += update.Text;
                if (text.Length > 0)
                    gate.Open();
            }
        });

        Assert.Equal("partial", text);
        Assert.Equal(ProviderFault.Dropped, fault.Fault);
    }

    [Theory]
    [InlineData(400, ProviderFault.Rejected)]
    [InlineData(401, ProviderFault.Unauthorized)]
    [InlineData(403, ProviderFault.Unauthorized)]
    [InlineData(404, ProviderFault.NotFound)]
    [InlineData(422, ProviderFault.Rejected)]
    [InlineData(429, ProviderFault.RateLimited)]
    [InlineData(500, ProviderFault.ServerError)]
    [InlineData(529, ProviderFault.ServerError)]
    public async Task Stream_ErrorStatus_IsTheFaultAfterOneRequest(int status, ProviderFault fault)
    {
        var answer = await AskAsync(s => s.Status(status, message: "No such luck."));

        Assert.Equal(fault, answer.Fault?.Fault);
        Assert.Contains(ProviderName, answer.Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("No such luck.", answer.Fault.Detail, StringComparison.Ordinal);
        Assert.Single(Provider.Requests);
    }

    [Fact]
    public async Task Stream_RetryAfterSeconds_IsGiven()
    {
        var answer = await AskAsync(s => s.Status(429, retryAfter: "17"));

        Assert.Equal(TimeSpan.FromSeconds(17), answer.Fault?.RetryAfter);
    }

    [Fact]
    public async Task Stream_RetryAfterDate_IsCountedFromNow()
    {
        string date = (Time.GetUtcNow() + TimeSpan.FromSeconds(42)).ToString("R", CultureInfo.InvariantCulture);

        var answer = await AskAsync(s => s.Status(503, retryAfter: date));

        Assert.Equal(TimeSpan.FromSeconds(42), answer.Fault?.RetryAfter);
    }

    [Fact]
    public async Task Stream_Redirect_IsRejectedAndNotFollowed()
    {
        var answer = await AskAsync(s => s.Status(302, location: Provider.OpenAIBaseUrl));

        Assert.Equal(ProviderFault.Rejected, answer.Fault?.Fault);
        Assert.Single(Provider.Requests);
    }

    [Fact]
    public async Task Stream_NoStreamInTheAnswer_IsInvalid()
    {
        var answer = await AskAsync(s => s.Json("{}"));

        Assert.Equal(ProviderFault.InvalidResponse, answer.Fault?.Fault);
    }

    [Fact]
    public async Task Stream_EventAboveOneMegabyte_IsInvalid()
    {
        var answer = await AskAsync(s => s.Raw("data: {\"x\":\"" + new string('x', 1100 * 1024)).Raw("\"}\n\n").Finish());

        Assert.Equal(ProviderFault.InvalidResponse, answer.Fault?.Fault);
    }

    [Fact]
    public async Task Stream_ConnectionRefused_IsUnreachable()
    {
        using var port = new RefusingPort();

        var answer = await StreamedAnswer.ReadAsync(NewClient(port.Number, Key));

        Assert.Equal(ProviderFault.Unreachable, answer.Fault?.Fault);
        Assert.Contains("refused", answer.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_Cancelled_ThrowsCancellationAndHangsUp()
    {
        Provider.Script("m", s => s.Text("partial").Hang());
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in NewClient().GetStreamingResponseAsync("hi", new ChatOptions { ModelId = "m" }, stop.Token))
            {
                if (update.Text.Length > 0)
                    await stop.CancelAsync();
            }
        });

        var request = await Provider.NextRequestAsync();
        await request.CallerLeft.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Stream_ReaderLeavesInTheMiddle_HangsUp()
    {
        Provider.Script("m", s => s.Text("partial").Hang());

        await foreach (var update in NewClient().GetStreamingResponseAsync("hi", new ChatOptions { ModelId = "m" }))
        {
            if (update.Text.Length > 0)
                break;
        }

        var request = await Provider.NextRequestAsync();
        await request.CallerLeft.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task GetResponse_WholeAnswer_IsCollected()
    {
        Provider.Script("m", s => s.Text("Hel").Text("lo").ToolCall("c", "f", "{}").Finish("tool_calls"));

        var response = await NewClient().GetResponseAsync("hi", new ChatOptions { ModelId = "m" });

        Assert.Equal("Hello", response.Text);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.Equal(5, response.Usage?.OutputTokenCount);
        Assert.Empty(response.Messages.SelectMany(m => m.Contents).OfType<ToolCallDelta>());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await Provider.DisposeAsync();
    }
}
