using System.Text;
using ChatApp.Components.Chat;
using Xunit;

namespace ChatApp.Tests.Components;

public sealed class SpokenTextTests
{
    [Fact]
    public void Take_GrowingText_GivesEachSentenceOnceAndNeverHalfAWord()
    {
        AssertSaid(
            "First one. Second, 3.5 of **it**! See [the docs](https://example.org/a).\n\n- a point\n- another\n\n```cs\nvar x = 1; // Not. Read.\n```\nThe end",
            "The end", "First one.", "Second, 3.5 of it!", "See the docs.", "a point", "another", "Code.");
    }

    [Fact]
    public void Take_CodeBetweenTildes_IsOnlyNamed() =>
        AssertSaid("Look:\n~~~~md\n```\nNot. Read.\n```\n~~~\nNor. This.\n~~~~\nDone.\nThe end", "The end", "Look:", "Code.", "Done.");

    [Fact]
    public void Take_SentencesWithoutSpaces_AreGivenOneByOne() =>
        AssertSaid("你好。他说：“好吗？”是的！完", "完", "你好。", "他说：“好吗？”", "是的！");

    private static void AssertSaid(string text, string rest, params string[] sentences)
    {
        var (spoken, grown, said) = (new SpokenText(), new StringBuilder(), new List<string>());
        foreach (char c in text)
        {
            grown.Append(c);
            if (spoken.Take(grown, isComplete: false) is { } given)
                said.Add(given);
        }
        Assert.Equal(sentences, said);
        Assert.Equal(rest, spoken.Take(grown, isComplete: true));
        Assert.Null(spoken.Take(grown, isComplete: true));
    }
}
