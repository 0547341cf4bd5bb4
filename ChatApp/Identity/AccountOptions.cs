namespace ChatApp.Identity;

/// <summary>Configuration section <c>Accounts</c>.</summary>
public sealed class AccountOptions
{
    /// <summary>Whether people may make accounts for themselves, over the API. They never become admins by it.</summary>
    public bool AllowRegistration { get; set; }
}
