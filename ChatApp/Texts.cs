namespace ChatApp;

/// <summary>
/// Names the resources with what people read: <c>Resources/Texts.{language}.resx</c>. The key is the English text itself, so
/// English has no file, and a text without a translation is shown in English. docs/concepts/languages.md
/// </summary>
public sealed class Texts
{
    /// <summary>Two letters each, the default first.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "de", "fr"];
}
