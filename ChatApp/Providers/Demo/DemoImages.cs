using System.Globalization;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.Demo;

/// <summary>Shows that images arrive, though the demo can't look at them.</summary>
internal static class DemoImages
{
    /// <summary>What came with a question, and a blank line; empty where no image did.</summary>
    public static string Describe(IEnumerable<AIContent> contents)
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
