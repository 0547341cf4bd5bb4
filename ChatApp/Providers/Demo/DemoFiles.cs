using System.Globalization;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.Demo;

/// <summary>Shows that files arrive, though the demo can't look at images and reads no texts.</summary>
internal static class DemoFiles
{
    /// <summary>What came with a question, and a blank line; empty where nothing did.</summary>
    public static string Describe(IList<AIContent> contents) => DescribeImages(contents) + DescribeTexts(contents);

    private static string DescribeTexts(IEnumerable<AIContent> contents) => string.Concat(contents.OfType<TextContent>().Select(c => FileText.NameOf(c) is { } name
        ? string.Create(CultureInfo.InvariantCulture, $"I got the text file {name} ({FileText.LengthOf(c)} characters). The demo does not read it; a real model does.\n\n")
        : ""));

    private static string DescribeImages(IEnumerable<AIContent> contents)
    {
        var images = contents.Select(c => c switch
        {
            DataContent data when data.HasTopLevelMediaType("image") => string.Create(CultureInfo.InvariantCulture, $"{data.MediaType}, {data.Data.Length} bytes"),
            UriContent uri when uri.HasTopLevelMediaType("image") => $"at {uri.Uri.Host}",
            _ => null,
        }).OfType<string>().ToList();
        return images.Count switch
        {
            0 => "",
            1 => $"I got an image ({images[0]}). The demo can't look at it; a real model can.\n\n",
            _ => $"I got {images.Count} images ({string.Join("; ", images)}). The demo can't look at them; a real model can.\n\n",
        };
    }
}
