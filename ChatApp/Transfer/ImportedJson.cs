using System.Text.Json;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Runs;

namespace ChatApp.Transfer;

/// <summary>What of an imported message is stored as JSON, within what this server itself would store.</summary>
internal static class ImportedJson
{
    private const int MaxMetadata = 16_384;
    private const int MaxMetadataDepth = 64;
    private const int MaxCalls = 100;
    private const int MaxToolCalls = 4 * 1024 * 1024;

    /// <summary>The metadata of a message; null where there are none, or more than a message can have.</summary>
    public static string? Metadata(JsonElement? metadata, ImportNotes notes)
    {
        if (metadata is not { ValueKind: JsonValueKind.Object } given)
            return null;
        string text = StorableText.Of(given.GetRawText());
        if (text.Length > MaxMetadata)
            notes.Add("The metadata of a message were left out: they are longer than 16 KB.");
        else if (Depth(text) > MaxMetadataDepth)
            notes.Add("The metadata of a message were left out: they are nested too deeply.");
        else
            return text;
        return null;
    }

    /// <summary>What a run tells of itself besides its columns; null for nothing.</summary>
    public static string? Run(RunDocument run) =>
        new ImportedRun(run.AgentRevision, run.Usage, run.Calls is { Count: > MaxCalls } calls ? [.. calls.Take(MaxCalls)] : run.Calls).Write();

    /// <summary>The tool calls of an answer; null for none, or more than one can have.</summary>
    public static string? ToolCalls(IReadOnlyList<ToolCall>? calls, ImportNotes notes)
    {
        string? text = Runs.ToolCalls.Write(calls ?? []);
        if (text is null || text.Length <= MaxToolCalls)
            return text;
        notes.Add("The tool calls of an answer were left out: they are longer than four megabytes.");
        return null;
    }

    private static int Depth(string json)
    {
        int depth = 0;
        int deepest = 0;
        bool isInText = false;
        for (int i = 0; i < json.Length; i++)
        {
            switch (json[i])
            {
                case '\\':
                    i++;
                    break;
                case '"':
                    isInText = !isInText;
                    break;
                case '{' or '[' when !isInText:
                    deepest = Math.Max(deepest, ++depth);
                    break;
                case '}' or ']' when !isInText:
                    depth--;
                    break;
            }
        }
        return deepest;
    }
}
