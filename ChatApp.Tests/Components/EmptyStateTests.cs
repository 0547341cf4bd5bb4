using Bunit;
using ChatApp.Agents;
using ChatApp.Components.Chat;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class EmptyStateTests : ComponentTest
{
    private static readonly AgentProfile Demo = new(Guid.NewGuid(), "demo", "Demo", "Knows the docs.", true, Guid.NewGuid(), 1, "", null, null, null, null, null);

    [Fact]
    public void Agent_Demo_IsIntroducedWithPromptsThatItUnderstands()
    {
        string? picked = null;
        var empty = Render<EmptyState>(p => p.Add(e => e.Agent, Demo).Add(e => e.OnPick, prompt => picked = prompt));
        Assert.Contains("Knows the docs.", empty.Find("p").TextContent, StringComparison.Ordinal);
        Assert.Equal("Good afternoon", empty.Find("h2").TextContent);
        empty.FindAll(".suggestions button")[^1].Click();
        Assert.Equal("/demo markdown", picked);
    }

    [Fact]
    public void Agent_Other_GetsNoPromptsOfTheDemo()
    {
        var empty = Render<EmptyState>(p => p.Add(e => e.Agent, Demo with { Slug = "lawyer", Model = "openai/gpt" }));
        Assert.Equal(4, empty.FindAll(".suggestions button").Count);
        Assert.DoesNotContain("/demo", empty.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Agent_None_SaysHowToAddOne()
    {
        var empty = Render<EmptyState>();
        Assert.Contains("agents add", empty.Find("code").TextContent, StringComparison.Ordinal);
        Assert.Empty(empty.FindAll(".suggestions"));
    }

    [Theory]
    [InlineData(-480, "Good evening")]
    [InlineData(0, "Good afternoon")]
    [InlineData(-240, "Good morning")]
    public void Greeting_FollowsTheReadersClock(int minutes, string greeting)
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("z", TimeSpan.FromMinutes(minutes), "z", "z");
        var empty = Render<EmptyState>(p => p.Add(e => e.Agent, Demo).AddCascadingValue(zone));
        Assert.Equal(greeting, empty.Find("h2").TextContent);
    }
}
