using Microsoft.Extensions.AI;

namespace ChatApp.Providers;

/// <summary>Marks a usage report whose counts are guessed rather than reported by a provider.</summary>
public static class EstimatedUsage
{
    private const string Key = "estimated";

    public static UsageContent AsEstimated(this UsageContent usage)
    {
        (usage.AdditionalProperties ??= [])[Key] = true;
        return usage;
    }

    public static bool IsEstimated(this UsageContent usage) => usage.AdditionalProperties?.ContainsKey(Key) == true;
}
