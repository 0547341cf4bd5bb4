using System.Data.Common;
using System.Net.Sockets;
using System.Security.Cryptography;
using ChatApp.Data;
using ChatApp.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatApp.CommandLine;

/// <summary>What keeps the server or a verb from its work and whoever runs it can mend: it is told in a sentence, not in a stack trace.</summary>
internal static class Failure
{
    /// <returns>One line; null for a fault of ours, whose trace somebody needs.</returns>
    public static string? SentenceOf(Exception e)
    {
        string? sentence = e switch
        {
            _ when StorageFaults.IsUnavailable(e) => $"The database takes nothing just now: {(e.InnerException ?? e).Message}",
            DbUpdateException => $"The database did not take it: {(e.InnerException ?? e).Message}",
            RequestProblem or DbException or OptionsValidationException or UnreadableSecretException or CryptographicException => e.Message,
            // Files: a port that is taken, too, and a directory that another server uses.
            IOException or UnauthorizedAccessException => e.Message,
            SocketException => $"The server can't listen on its address: {e.Message}.",
            // Settings of the wrong form and addresses that are none have no exception of their own.
            InvalidOperationException or FormatException when SettingsReaders.Contains(e.Source) => e.Message,
            _ => null,
        };
        return sentence == null ? null : OneLine(sentence);
    }

    /// <summary>Some messages are lists; one line is easier to read in a log and to look for.</summary>
    public static string OneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static readonly string?[] SettingsReaders = ["Microsoft.Extensions.Configuration.Binder", "Microsoft.AspNetCore.Server.Kestrel.Core", "Microsoft.AspNetCore.Http"];
}
