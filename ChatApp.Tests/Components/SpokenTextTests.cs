using System.Text;
using ChatApp.Components.Chat;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class SpokenTextTests
{
    [Fact]
    public void Take_GrowingText_GivesEachSentenceOnceAndNeverHalfAWord()
    {
        const string text = "First one. Second, 3.5 of **it**! See [the docs](https://example.org/a).\n\n- a point\n- another\n\n```cs\nvar x = 1; // Not. Read.\n```\nThe end";
        var (spoken, grown, said) = (new SpokenText(), new StringBuilder(), new List<string>());
        foreach (char c in text)
        {
            grown.Append(c);
            if (spoken.Take(grown, isComplete: false) is { } sentences)
                said.Add(sentences);
        }
        Assert.Equal(["First one.", "Second, 3.5 of it!", "See the docs.", "a point", "another", "Code."], said);
        Assert.Equal("The end", spoken.Take(grown, isComplete: true));
        Assert.Null(spoken.Take(grown, isComplete: true));
    }
}
