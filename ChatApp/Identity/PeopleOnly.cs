namespace ChatApp.Identity;

/// <summary>
/// Marks pages and the circuit: only a browser's sign-in opens them. A key or a token is for programs and may do what its scopes say;
/// a page does everything that its person may do, new keys included.
/// </summary>
public sealed class PeopleOnly
{
    public static readonly PeopleOnly Instance = new();

    internal static bool Marks(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<PeopleOnly>() is not null;
}
