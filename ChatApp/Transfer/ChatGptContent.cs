using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatApp.Transfer;

/// <summary>What a message of ChatGPT's says.</summary>
/// <param name="Attachments">Images and files, by what the export calls them.</param>
internal sealed partial record ChatGptContent(string Text, IReadOnlyList<AttachmentDocument> Attachments)
{
    public static ChatGptContent Read(JsonElement message, JsonElement content)
    {
        var texts = new List<string>();
        var files = new Dictionary<string, string>();
        foreach (var part in content.Items("parts"))
        {
            if (part.ValueKind == JsonValueKind.String)
                texts.Add(part.GetString()!);
            else if (part.Text("content_type") == "image_asset_pointer" && part.Text("asset_pointer") is { } pointer)
                files.TryAdd(pointer[(pointer.LastIndexOf('/') + 1)..], "image");
            else if (part.Text("text") is { } spoken)
                texts.Add(spoken);
        }
        if (content.Text("content_type") == "code" && content.Text("text") is { } code)
            texts.Add($"```{(content.Text("language") is { } language and not "unknown" ? language : "")}\n{code}\n```");
        foreach (var file in message.Member("metadata")?.Items("attachments") ?? [])
        {
            if (file.Text("id") is { } id)
                files[id] = file.Text("name") ?? "file";
        }
        string text = string.Join('\n', texts.Where(t => t.Length > 0));
        return new ChatGptContent(
            Citations().Replace(text, ""), [.. files.Select(f => new AttachmentDocument { File = new FileDocument(f.Value) { Key = f.Key } })]);
    }

    // Between two private characters it keeps what its own page turns into footnotes. A text of first ones only is read once, not once for each.
    [GeneratedRegex("\uE200[^\uE200\uE201]*\uE201")]
    private static partial Regex Citations();
}
