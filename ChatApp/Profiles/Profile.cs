namespace ChatApp.Profiles;

/// <summary>What a person has said about themselves and how they want the product to be.</summary>
/// <param name="PictureId">A file of the person's own; null for none.</param>
public sealed record Profile(string Email, string? DisplayName, Guid? PictureId, Preferences Preferences)
{
    /// <summary>What to call them.</summary>
    public string Name => DisplayName ?? Email;
}

/// <summary>How a person wants the product to be.</summary>
/// <param name="Theme">light or dark; null for the system's.</param>
/// <param name="TextSize">Percent of the usual size.</param>
/// <param name="Language">One of <see cref="Texts.Languages"/>; null for the browser's.</param>
/// <param name="DefaultAgent">Slug of the agent of a new chat; null for the server's default agent.</param>
public sealed record Preferences(string? Theme, int TextSize, string? Language, string? DefaultAgent)
{
    public const int UsualTextSize = 100;

    public static readonly Preferences None = new(null, UsualTextSize, null, null);

    /// <summary>The sizes that are offered, in percent.</summary>
    public static readonly IReadOnlyList<int> TextSizes = [90, 100, 110, 125, 150];
}
