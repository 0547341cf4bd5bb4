using Bunit;
using ChatApp.Agents;
using ChatApp.Components.Chat;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class EmptyStateTests : ComponentTest
{
    private static readonly AgentProfile Demo = new(Guid.NewGuid(), "demo", "Demo", "Knows the docs.", true, Guid.NewGuid(), 1, "", null, null, null, null, null);

    [Fact]
    public void Agent_IsIntroduced()
    {
        var empty = Render<EmptyState>(p => p.Add(e => e.Agent, Demo));
        Assert.Contains("Knows the docs.", empty.Find("p").TextContent, StringComparison.Ordinal);
        Assert.Equal("Good afternoon", empty.Find("h2").TextContent);
    }

    [Fact]
    public void Suggestions_Demo_AreWhatItUnderstands()
    {
        var suggestions = Render<Suggestions>(p => p.Add(s => s.Agent, Demo));
        Assert.Equal("/demo markdown", suggestions.FindAll("button")[^1].GetAttribute("data-suggestion"));
    }

    [Fact]
    public void Suggestions_OtherAgent_AreNotTheDemos()
    {
        var suggestions = Render<Suggestions>(p => p.Add(s => s.Agent, Demo with { Slug = "lawyer", Model = "openai/gpt" }));
        Assert.Equal(4, suggestions.FindAll("button").Count);
        Assert.DoesNotContain("/demo", suggestions.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Agent_None_SaysHowToAddOne()
    {
        var empty = Render<EmptyState>();
        Assert.Contains("agents add", empty.Find("code").TextContent, StringComparison.Ordinal);
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
