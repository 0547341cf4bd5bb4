using ChatApp.Ask;
using Xunit;

namespace ChatApp.Tests.Ask;

/// <summary>Models wrap their JSON in many ways.</summary>
public sealed class AskInsightReaderTests
{
    [Theory]
    [InlineData("""{"insights":[{"type":"risk","content":"A"}]}""", "risk:A")]
    [InlineData("""[{"type":"risk","content":"A"},{"type":"gain","content":"B"}]""", "risk:A gain:B")]
    [InlineData("Sure [see below]!\n```json\n{\"insights\": [{\"type\":\"SIGNAL\",\"content\":\" A \"},]}\n```\nDone.", "signal:A")]
    [InlineData("""{"items":["A"," ",7,null,{"type":"pain"},{"summary":"B"}]}""", "idea:A idea:B")]
    [InlineData("""{"type":"pain","content":"Alone"}""", "pain:Alone")]
    [InlineData("""{"insights":[]}""", "")]
    [InlineData("""{"nothing":true}""", "")]
    public void Read_AnyWrapping_FindsThem(string answer, string expected) =>
        Assert.Equal(expected, string.Join(' ', AskInsightReader.Read(answer).Select(i => $"{i.Type}:{i.Content}")));

    [Theory]
    [InlineData("")]
    [InlineData("I found nothing.")]
    [InlineData("{\"insights\":[{\"content\":\"cut o")]
    [InlineData("]{")]
    public void Read_NoJson_IsAFormatException(string answer) => Assert.Throws<FormatException>(() => AskInsightReader.Read(answer));

    [Fact]
    public void Read_LongText_IsCutAndManyAreLimited()
    {
        string many = "[" + string.Join(',', Enumerable.Range(0, 80).Select(i => $"\"{i}{new string('x', 5000)}\"")) + "]";
        var read = AskInsightReader.Read(many);
        Assert.Equal(50, read.Count);
        Assert.All(read, i => Assert.Equal(4000, i.Content.Length));
    }
}
