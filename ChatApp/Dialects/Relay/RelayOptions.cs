namespace ChatApp.Dialects.Relay;

/// <summary>Configuration section <c>Relay</c>.</summary>
internal sealed class RelayOptions
{
    /// <summary>Whether requests without any credential are answered.</summary>
    public bool Open { get; set; }

    /// <summary>E-mail address of the account that owns the conversations of such requests, and whose limits hold for them together.</summary>
    public string? Account { get; set; }

    /// <summary>Messages of one request.</summary>
    public int MaxMessages { get; set; } = 500;
}
