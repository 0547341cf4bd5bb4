using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ChatApp;

/// <summary>
/// Names the resources with what people read: <c>Resources/Texts.{language}.resx</c>. The key is the English text itself, so
/// English has no file, and a text without a translation is shown in English. docs/concepts/languages.md
/// </summary>
public sealed class Texts
{
    /// <summary>Two letters each, the default first.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "de", "fr"];

    /// <summary>For what is no component and has nothing injected: the texts in the language of the moment.</summary>
    public static IStringLocalizer Current { get; } =
        new ResourceManagerStringLocalizerFactory(Options.Create(new LocalizationOptions { ResourcesPath = "Resources" }), NullLoggerFactory.Instance).Create(typeof(Texts));
}
