using Bunit;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Markdown;
using ChatApp.Runs;
using ChatApp.Tests.Infrastructure;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace ChatApp.Tests.Components;

/// <summary>A renderer as in a circuit, with a clock and a run that the test drives.</summary>
public abstract class ComponentTest : BunitContext
{
    private protected ComponentTest()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLocalization(o => o.ResourcesPath = "Resources");
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddSingleton<IRunReader>(Run);
        Services.AddSingleton<MarkdownRenderer>();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    private protected StepTime Time { get; } = new();

    private protected ChannelRunReader Run { get; } = new();

    /// <summary>Lets the component take in what the run has given out, then draw it.</summary>
    private protected async Task FrameAsync()
    {
        await Run.TakenAsync();
        Time.Advance(TimeSpan.FromMilliseconds(34));
    }

    private protected static MessageView Question(string text = "Why?") => Message(MessageRole.User, MessageStatus.Completed, text);

    private protected static MessageView Answer(MessageStatus status, string text = "Because.", string? finishReason = "stop", string? error = null) =>
        Message(MessageRole.Assistant, status, text) with
        {
            RunId = Guid.NewGuid(), Agent = "demo", FinishReason = status == MessageStatus.Streaming ? null : finishReason, ErrorMessage = error,
        };

    private static MessageView Message(MessageRole role, MessageStatus status, string text) =>
        new(Guid.NewGuid(), Guid.NewGuid(), null, role, status, text, null, null, null, null, null, null, null, new DateTime(2027, 3, 10, 0, 0, 0, DateTimeKind.Utc));

    private protected static ConversationSummary Conversation(string title, DateTime updated, bool streaming = false) =>
        new(Guid.NewGuid(), title, "demo", null, streaming, updated, updated, null, null);
}
