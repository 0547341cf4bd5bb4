using System.Globalization;
using ChatApp.Components.Shared;
using ChatApp.Data;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>What services say in English, as readers see it.</summary>
public sealed class SentencesTests : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;
    private readonly CultureInfo _numbersBefore = CultureInfo.CurrentCulture;

    public void Dispose() => (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (_before, _numbersBefore);

    [Theory]
    [InlineData("en", "The input has 200,001 characters; at most 200,000 are allowed. Shorten it.")]
    [InlineData("de", "Die Nachricht hat 200.001 Zeichen; höchstens 200.000 sind erlaubt. Bitte kürzen.")]
    public void Problem_WithValues_IsSaidAnewWithThem_AndStaysEnglishForPrograms(string language, string expected)
    {
        int length = 200_001, most = 200_000;
        Speak(language);
        var problem = RequestProblem.Invalid("input", $"The input has {length:N0} characters; at most {most:N0} are allowed. Shorten it.");
        Assert.Equal(expected, Texts.Current.Say(problem));
        Assert.Equal("The input has 200,001 characters; at most 200,000 are allowed. Shorten it.", problem.Message);
    }

    [Theory]
    [InlineData("The provider OpenAI refused the API key.", "Der Anbieter OpenAI hat den API-Schlüssel abgelehnt.")]
    [InlineData("The provider My {own} takes no more requests for now (429). It said: slow down.", "Der Anbieter My {own} nimmt gerade keine weiteren Anfragen an (429). Er sagte: slow down.")]
    [InlineData("The provider p failed (503).", "Beim Anbieter p ist etwas schiefgegangen (503).")]
    [InlineData("The provider p can't be reached: the connection was refused.", "Der Anbieter p ist nicht erreichbar: Die Verbindung wurde abgelehnt.")]
    [InlineData("The provider Delete refused the API key.", "Der Anbieter Delete hat den API-Schlüssel abgelehnt.")]
    [InlineData("What another server said.", "What another server said.")]
    [InlineData("", "")]
    public void Stored_KnownSentence_IsSaidInGerman_AnotherStays(string english, string expected)
    {
        Speak("de");
        Assert.Equal(expected, Texts.Current.Say(english));
        Speak("en");
        Assert.Equal(english, Texts.Current.Say(english));
    }

    [Fact]
    public void Sentence_WithBraces_KeepsThem()
    {
        Sentence plain = "Write {name}.";
        string value = "{x}";
        Sentence filled = Take($"Write {{name}} as {value}.");
        Assert.Equal(("Write {name}.", "Write {name} as {x}."), (plain.ToString(), filled.ToString()));
        Assert.Equal("Write {{name}} as {0}.", filled.Format);

        static Sentence Take(Sentence sentence) => sentence;
    }

    private static void Speak(string language) =>
        (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (CultureInfo.GetCultureInfo(language), CultureInfo.GetCultureInfo(language));
}
