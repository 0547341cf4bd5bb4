using Bunit;
using ChatApp.Components.Chat;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class MessageItemTests : ComponentTest
{
    [Fact]
    public void Question_WithMarkup_IsShownAsTyped()
    {
        var item = RenderItem(Question("<b>1</b>\n  *two*"));
        Assert.Equal("<b>1</b>\n  *two*", item.Find(".bubble").TextContent);
        Assert.Empty(item.FindAll(".bubble b"));
    }

    [Fact]
    public void Answer_Completed_IsMarkdownWithoutNotice()
    {
        var item = RenderItem(Answer(MessageStatus.Completed, "**Bold** and `code`"));
        Assert.Equal("Bold", item.Find(".prose strong").TextContent);
        Assert.Empty(item.FindAll(".answer-notice"));
        Assert.Contains("Demo", item.Find(".message-author").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MessageStatus.Failed, "Half", null, "The key was refused.", "is-danger", "The answer broke off. The key was refused.")]
    [InlineData(MessageStatus.Failed, "", null, "The key was refused.", "is-danger", "No answer came. The key was refused.")]
    [InlineData(MessageStatus.Interrupted, "Half", null, null, "is-warning", "The answer was interrupted.")]
    [InlineData(MessageStatus.Cancelled, "Half", "cancelled", null, "is-muted", "Stopped. What had arrived is kept.")]
    [InlineData(MessageStatus.Completed, "Half", "length", null, "is-warning", "Cut off at the length limit.")]
    [InlineData(MessageStatus.Completed, "Half", "content_filter", null, "is-warning", "Withheld in part.")]
    [InlineData(MessageStatus.Completed, "", "stop", null, "is-muted", "The model's answer is empty.")]
    public void Answer_NotSimplyEnded_SaysSoAndKeepsTheText(MessageStatus status, string text, string? reason, string? error, string tone, string says)
    {
        var item = RenderItem(Answer(status, text, reason, error));
        var notice = item.Find(".answer-notice");
        Assert.Contains(tone, notice.ClassList);
        Assert.StartsWith(says, notice.TextContent.Trim(), StringComparison.Ordinal);
        Assert.Equal(text, item.Find(".prose").TextContent.Trim());
    }

    [Fact]
    public void Answer_OfAPictureAlone_ShowsItAndIsNotCalledEmpty()
    {
        var file = Guid.NewGuid();
        var item = RenderItem(Answer(MessageStatus.Completed, "") with { Attachments = [new AttachmentView(file, "fox.png", "image/png", null)] });
        Assert.Equal($"/api/files/{file}", item.Find(".attachments img").GetAttribute("src"));
        Assert.Empty(item.FindAll(".answer-notice"));
    }

    [Fact]
    public void Answer_OfAnAgentNamedByAnEmoji_HasItWhole()
    {
        var item = Render<MessageItem>(p => p.Add(i => i.Message, Answer(MessageStatus.Completed)).Add(i => i.AgentName, "🦊 Fox"));
        Assert.Equal("🦊", item.Find(".agent-mark").TextContent);
    }

    [Fact]
    public void Answer_ThatFailed_IsAnnouncedOnlyToThoseWhoSawItFail()
    {
        Assert.Null(RenderItem(Answer(MessageStatus.Failed)).Find(".answer-notice").GetAttribute("role"));
        var message = Answer(MessageStatus.Streaming, "");
        var item = RenderItem(message);
        item.Render(p => p.Add(i => i.Message, message with { Status = MessageStatus.Failed }));
        Assert.Equal("alert", item.Find(".answer-notice").GetAttribute("role"));
    }

    [Fact]
    public void Answer_WithScript_HasNoElementOfIt()
    {
        var item = RenderItem(Answer(MessageStatus.Completed, "<script>alert(1)</script> [x](javascript:alert(1))"));
        Assert.Empty(item.FindAll(".prose script, .prose a"));
    }

    private IRenderedComponent<MessageItem> RenderItem(MessageView message) =>
        Render<MessageItem>(p => p.Add(i => i.Message, message).Add(i => i.AgentName, "Demo"));
}
