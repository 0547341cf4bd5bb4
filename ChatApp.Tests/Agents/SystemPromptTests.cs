using ChatApp.Agents;
using ChatApp.Data.Entities;
using Xunit;

namespace ChatApp.Tests.Agents;

public sealed class SystemPromptTests
{
    private static readonly AgentProfile Plain = new(Guid.NewGuid(), "a", "A", null, false, Guid.NewGuid(), 1, "The rules.", null, null, null, null, null);
    private static readonly AgentProfile Ann = Plain with { Persona = "You are {{name}}." };

    [Fact]
    public void Compose_NoPersona_IsThePromptWhateverTheLayer()
    {
        Assert.Equal("The rules.", SystemPrompt.Compose(Plain, null, Layers.Intimate, null));
        Assert.Equal("Others.", SystemPrompt.Compose(Plain, "Others.", null, null));
    }

    [Fact]
    public void Compose_Persona_IsLayerThenPersonaThenRules()
    {
        string[] parts = SystemPrompt.Compose(Ann, null, Layers.Friends, null).Split("\n\n");
        Assert.Contains("friend", parts[0], StringComparison.Ordinal);
        Assert.Equal(["You are {{name}}.", "The rules."], parts[1..]);
    }

    [Fact]
    public void Compose_EachLayer_IsAnother()
    {
        string[] all = [.. new[] { Layers.Public, Layers.Friends, Layers.Intimate }.Select(l => SystemPrompt.Compose(Ann, null, l, null))];
        Assert.Equal(3, all.Distinct().Count());
        // Outside the Persona API nobody is known to be close.
        Assert.Equal(all[0], SystemPrompt.Compose(Ann, null, null, null));
    }

    [Fact]
    public void Compose_Variables_FillPersonaAndRules() =>
        Assert.EndsWith("You are Ann.\n\nBe kind.", SystemPrompt.Compose(Ann, "Be {{how}}.", null, new Dictionary<string, string> { ["name"] = "Ann", ["how"] = "kind" }), StringComparison.Ordinal);

    [Fact]
    public void Compose_PersonaWithoutRules_HasNoEmptyPart() =>
        Assert.EndsWith("You are {{name}}.", SystemPrompt.Compose(Ann with { Prompt = "" }, null, null, null), StringComparison.Ordinal);
}
