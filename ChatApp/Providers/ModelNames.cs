namespace ChatApp.Providers;

/// <summary>The rule for the name that a provider knows a model by.</summary>
internal static class ModelNames
{
    public const int MaxLength = 200;

    /// <summary>1 to 200 printable characters without spaces. Slashes and colons are common: <c>meta-llama/llama-3:free</c>.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && !name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c));
}
