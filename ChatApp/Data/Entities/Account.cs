using Microsoft.AspNetCore.Identity;

namespace ChatApp.Data.Entities;

/// <summary>A person's account. Signs in with a cookie in the browser; external apps use one of its <see cref="ApiKey"/>s.</summary>
public sealed class Account : IdentityUser<Guid>
{
    /// <summary>Shown instead of the e-mail address; null where the person gave none.</summary>
    public string? DisplayName { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>Set when an admin has closed the account: no scheme authenticates it any more.</summary>
    public DateTime? DisabledAt { get; set; }
}

/// <summary>How a person wants the product to be. No row: everything as it comes.</summary>
public sealed class AccountPreferences
{
    public Guid AccountId { get; set; }

    /// <summary>light or dark; null for the system's.</summary>
    public string? Theme { get; set; }

    /// <summary>Percent of the usual size; null for 100.</summary>
    public int? TextSize { get; set; }

    /// <summary>Two letters, e.g. <c>de</c>; null for the browser's.</summary>
    public string? Language { get; set; }

    /// <summary>Slug of the agent of a new chat; null for the server's default agent.</summary>
    public string? DefaultAgent { get; set; }

    /// <summary>A <see cref="StoredFile"/> of the person's own; null for none.</summary>
    public Guid? PictureId { get; set; }
}

/// <summary>A sign-in: in a browser, or for bearer tokens. Deleting it ends the cookie and the tokens that were issued for it, and all copies of them.</summary>
public sealed class TokenSession
{
    public Guid Id { get; set; }
    public Guid AccountId { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }

    /// <summary>The refresh token that is good now: each is good once. Null in a browser.</summary>
    public Guid? RefreshId { get; set; }
}

/// <summary>The two roles, by the names stored in the database.</summary>
public static class Roles
{
    public const string Admin = "Admin";
    public const string User = "User";
}
