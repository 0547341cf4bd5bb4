namespace ChatApp.Providers;

/// <summary>What went wrong at a provider.</summary>
public enum ProviderFault
{
    /// <summary>No connection: refused, DNS, TLS, time-out.</summary>
    Unreachable,

    /// <summary>401 or 403: the API key is missing, wrong or not allowed.</summary>
    Unauthorized,

    /// <summary>404: it does not know the model, or the base URL is wrong.</summary>
    NotFound,

    /// <summary>400, 422 or another 4xx: it does not take the request. Also a redirect, which is never followed.</summary>
    Rejected,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>5xx, 408 or an error frame.</summary>
    ServerError,

    /// <summary>The stream broke off or ended without a finish reason.</summary>
    Dropped,

    /// <summary>What it sent is not its own wire format.</summary>
    InvalidResponse,
}

/// <summary>A fault of a provider. Thrown by every client, whatever SDK is behind it.</summary>
/// <param name="fault">The kind.</param>
/// <param name="message">A sentence for a person that names the provider and the cause; never a key, never a raw body.</param>
public sealed class ProviderException(ProviderFault fault, string message) : Exception(message)
{
    public ProviderFault Fault { get; } = fault;

    /// <summary>From the provider's Retry-After or retry-after-ms; null where it sent none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the provider said or what went wrong with it, for the log only. Secrets are masked.</summary>
    public string? Detail { get; init; }
}
