namespace ChatApp.Runs;

/// <summary>What an answer costs where answers cost points.</summary>
public static class Points
{
    /// <summary>One point for each whole hundred of tokens, at least one.</summary>
    public static int For(long tokens) => (int)Math.Clamp(tokens / 100, 1, int.MaxValue);
}
