using ChatApp.Conversations;
using Xunit;

namespace ChatApp.Tests.Conversations;

public sealed class ConversationTitleTests
{
    [Theory]
    [InlineData("Sorting in C#", "Sorting in C#")]
    [InlineData("  \"Sorting lists\"  ", "Sorting lists")]
    [InlineData("**Title:** “Sorting lists.”\nBecause it is about sorting.", "Sorting lists")]
    [InlineData("__snake_case in C__", "snake_case in C")]
    [InlineData("# Sorting `lists`\r\n\r\nMore", "Sorting lists")]
    [InlineData("\n\n*\n- Sorting\tlists", "Sorting lists")]
    [InlineData("<think>They want\na title.</think>\n\nSorting lists", "Sorting lists")]
    [InlineData("日本語のタイトル", "日本語のタイトル")]
    [InlineData("Sorting \u202Elists\u2069", "Sorting lists")]
    [InlineData("", null)]
    [InlineData("\"\"\n**", null)]
    public void FromModel_Answer_IsOnePlainLine(string answer, string? title) => Assert.Equal(title, ConversationTitle.FromModel(answer));

    [Fact]
    public void Checked_ControlsAndMarksOfDirection_AreNoPartOfATitle() =>
        Assert.Equal("a  b gnp.exe 👩\u200d👧", ConversationTitle.Checked(" a\r\nb \u202Egnp.exe\u2069 👩\u200d👧\n"));

    [Fact]
    public void FromModel_LongAnswer_IsCutAtAWord()
    {
        string title = ConversationTitle.FromModel(string.Join(' ', Enumerable.Repeat("word", 100)))!;
        Assert.InRange(title.Length, 70, 80);
        Assert.EndsWith("word…", title, StringComparison.Ordinal);
        Assert.InRange(ConversationTitle.FromModel(string.Concat(Enumerable.Repeat("🙂", 100)))!.Length, 70, 80);
    }
}
