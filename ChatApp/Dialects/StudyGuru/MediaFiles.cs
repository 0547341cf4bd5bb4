using System.Text.Json.Nodes;
using ChatApp.Dialects.FastApi;
using ChatApp.Runs;

namespace ChatApp.Dialects.StudyGuru;

/// <summary>Reads <c>media_files: [{id, url?}]</c>.</summary>
internal static class MediaFiles
{
    public static IReadOnlyList<MediaReference> Read(FastApiInput input)
    {
        var files = new List<MediaReference>();
        foreach (var file in input.List("media_files") ?? [])
        {
            if (file is JsonObject item && IsText(item["id"], out string? id) && IsText(item["url"], out string? url) && (id ?? url) != null)
                files.Add(new MediaReference(id, url));
            else
                input.Reject("media_files", "model_attributes_type", "Input should be a list of objects with a string id or url");
        }
        return files;
    }

    /// <summary>Whether it is a string or nothing; an id that is a number counts as one.</summary>
    private static bool IsText(JsonNode? node, out string? text)
    {
        text = node is JsonValue ? node.ToString() : null;
        return node is null or JsonValue;
    }
}
