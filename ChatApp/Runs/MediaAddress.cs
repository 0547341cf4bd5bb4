using System.Net;

namespace ChatApp.Runs;

/// <summary>
/// Which addresses of files are handed to a provider, who reads them from where it stands: a self-hosted one inside the network, where a
/// stranger's message must not make it knock at doors.
/// </summary>
internal static class MediaAddress
{
    public const int MaxLength = 2000;

    private static readonly IPNetwork[] Inside =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
            // Compatible with IPv4, loopback among them; the same through NAT64; unique local, link-local and site-local, multicast.
            "::/96", "64:ff9b::/96", "fc00::/7", "fe80::/9", "ff00::/8",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>The address in its usual form; null unless it is https, without a password in it and not too long.</summary>
    public static Uri? Read(string? url) =>
        url is { Length: <= MaxLength } && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 ? uri : null;

    /// <summary>Whether the host says by itself that it is not one of the internet. A name is not looked up: what it means, the provider's network decides.</summary>
    public static bool IsInside(Uri uri)
    {
        string name = uri.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(name, out var address))
            return Inside.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
        string last = name[(name.LastIndexOf('.') + 1)..];
        // A last label of digits is an address that some resolvers read and this one did not.
        return last.Length == name.Length || last is "localhost" or "local" or "internal" || char.IsAsciiDigit(last[0]);
    }
}
