namespace ChatApp.Components.Shared;

/// <summary>
/// Of several loads that are under way at once, keeps an earlier one that ends late from taking back what a later one has shown: nothing
/// would load again until the next change. Used on one dispatcher.
/// </summary>
public sealed class LoadOrder
{
    private long _begun;
    private long _shown;

    /// <summary>Begins a load, before it reads anything.</summary>
    /// <returns>Its place, for <see cref="MayShow"/>.</returns>
    public long Begin() => ++_begun;

    /// <summary>Whether no later load has been shown; from now on this one has.</summary>
    public bool MayShow(long load)
    {
        if (load < _shown)
            return false;
        _shown = load;
        return true;
    }
}
