using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatApp.Providers.OpenAICompatible;

/// <summary>Reads the object <c>usage</c> of a chunk.</summary>
internal static class UsageReader
{
    public static UsageDetails Read(ref Utf8JsonReader json)
    {
        using var document = JsonDocument.ParseValue(ref json);
        var usage = document.RootElement;
        return new UsageDetails
        {
            InputTokenCount = Count(usage, "prompt_tokens"),
            OutputTokenCount = Count(usage, "completion_tokens"),
            TotalTokenCount = Count(usage, "total_tokens"),
            CachedInputTokenCount = Count(usage, "prompt_tokens_details", "cached_tokens"),
            ReasoningTokenCount = Count(usage, "completion_tokens_details", "reasoning_tokens"),
        };
    }

    private static long? Count(JsonElement json, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return null;
        return json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out long count) ? count : null;
    }
}
