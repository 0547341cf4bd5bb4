using Bunit;
using ChatApp.Components.Chat;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Runs;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class MessageThreadTests : ComponentTest
{
    [Fact]
    public async Task Messages_WhileOneStreams_OthersDoNotRender()
    {
        List<MessageView> messages = [Question(), Answer(MessageStatus.Completed), Question("And?"), Answer(MessageStatus.Streaming, "")];
        var thread = RenderThread(messages);
        var items = thread.FindComponents<MessageItem>();
        // All but the streaming one: bunit counts what a component's children render as its own.
        int[] before = [.. items.SkipLast(1).Select(i => i.RenderCount)];
        Run.Open(0, "text");
        for (int i = 0; i < 20; i++)
        {
            Run.Delta(0, $"word{i} ");
            await FrameAsync();
        }
        thread.WaitForAssertion(() => Assert.Contains("word19", thread.Markup, StringComparison.Ordinal));
        Assert.Equal(before, items.SkipLast(1).Select(i => i.RenderCount));
    }

    [Fact]
    public void Messages_LoadedAgainUnchanged_DoNotRender()
    {
        List<MessageView> messages = [Question(), Answer(MessageStatus.Completed)];
        var thread = RenderThread(messages);
        int[] before = [.. thread.FindComponents<MessageItem>().Select(i => i.RenderCount)];
        var reloaded = ShownPath.Reuse(messages, [.. messages.Select(m => m with { })]);
        thread.Render(p => p.Add(t => t.Messages, reloaded));
        Assert.Equal(before, thread.FindComponents<MessageItem>().Select(i => i.RenderCount));
    }

    [Fact]
    public void Message_WatchedToItsEnd_KeepsItsDrawnBlocks()
    {
        var streaming = Answer(MessageStatus.Streaming, "");
        var question = Question();
        var thread = RenderThread([question, streaming]);
        Run.Open(0, "text");
        Run.Delta(0, "Done.");
        Run.Finish("completed", "stop");
        thread.WaitForAssertion(() => Assert.Contains("Done.", thread.Markup, StringComparison.Ordinal));
        thread.Render(p => p.Add(t => t.Messages, [question, streaming with { Status = MessageStatus.Completed, Content = "Done.", FinishReason = "stop" }]));
        Assert.Single(Run.Reads);
        Assert.Single(thread.FindComponents<StreamingAnswer>());
        Assert.Equal("Done.", thread.Find(".prose").TextContent.Trim());
        Assert.NotNull(thread.Find(".message-assistant .copy-button"));
    }

    [Fact]
    public async Task Answer_Spoken_ChangesNoMessageWhenItFallsSilent()
    {
        var thread = RenderThread([Question(), Answer(MessageStatus.Streaming, "") with { CreatedAt = Time.GetUtcNow().UtcDateTime }]);
        Run.Open(0, "text");
        Run.Delta(0, "One is done.");
        Run.Finish("completed", "stop");
        thread.WaitForAssertion(() => Assert.Equal("One is done.", thread.Find("[role=log]").TextContent));
        Assert.Empty(thread.FindAll(".message [role=log]"));
        // It is said a moment before it is drawn, by one piece of work on the dispatcher.
        int before = await thread.InvokeAsync(() => thread.FindComponent<StreamingAnswer>().RenderCount);
        // Said is said: who reads on by arrow keys finds it once.
        await FrameAsync();
        Time.Advance(TimeSpan.FromSeconds(6));
        thread.WaitForAssertion(() => Assert.Empty(thread.Find("[role=log]").TextContent));
        Assert.Equal(before, thread.FindComponent<StreamingAnswer>().RenderCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Answer_FailedBeforeItWasShown_IsAnnouncedToWhoeverAskedForIt(bool isSent)
    {
        var failed = Answer(MessageStatus.Failed, "The first half", error: "The provider closed the connection.");
        RunFinishedData? finished = null;
        Run.Open(0, "text");
        Run.Delta(0, "The first half");
        Run.Finish("failed", "error");
        var thread = Render<MessageThread>(p => p
            .Add(t => t.Messages, [Question(), failed]).Add(t => t.Sent, isSent ? failed.Id : null).Add(t => t.OnFinished, f => finished = f));
        thread.WaitForAssertion(() => Assert.Equal("The first half", thread.Find(".prose").TextContent.Trim()));
        thread.WaitForAssertion(() => Assert.Equal(isSent ? "failed" : null, finished?.Status));
        Assert.Equal(isSent ? 1 : 0, thread.FindAll(".answer-notice[role=alert]").Count);
    }

    [Fact]
    public void Retry_OnlyAtTheEnd_GivesTheAnswer()
    {
        MessageView? asked = null;
        var last = Answer(MessageStatus.Failed, "Half", error: "The provider closed the connection.");
        var thread = Render<MessageThread>(p => p
            .Add(t => t.Messages, [Question(), Answer(MessageStatus.Completed), Question(), last])
            .Add(t => t.OnRetry, m => asked = m));
        var button = Assert.Single(thread.FindAll(".retry-button, [aria-label='Ask again']"));
        button.Click();
        Assert.Same(last, asked);
    }

    private IRenderedComponent<MessageThread> RenderThread(IReadOnlyList<MessageView> messages) =>
        Render<MessageThread>(p => p.Add(t => t.Messages, messages));
}
