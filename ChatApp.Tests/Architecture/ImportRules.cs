namespace ChatApp.Tests.Architecture;

/// <summary>The import rules of docs: what a part of the product may name.</summary>
internal static class ImportRules
{
    // A part may import parts on lower levels only. Program and the command line stand above all; telemetry is below all.
    private static readonly string[][] Levels =
    [
        ["Telemetry"],
        ["Data"],
        ["Identity", "Settings"],
        ["Files"],
        ["Conversations", "Agents", "Providers", "Markdown", "Ledger"],
        ["Runs"],
        ["Ask", "Transfer", "Profiles"],
        ["Components", "Dialects", "Diagnostics"],
        ["CommandLine"],
    ];

    private static readonly HashSet<string> HttpTypes =
    [
        "Microsoft.AspNetCore.Http.HttpContext", "Microsoft.AspNetCore.Http.HttpRequest", "Microsoft.AspNetCore.Http.HttpResponse",
        "Microsoft.AspNetCore.Http.IHttpContextAccessor",
    ];

    /// <summary>Imports go downward only.</summary>
    public static bool GoesDown(TypeReference reference)
    {
        if (Part(reference.From) is not { } from || Part(reference.To) is not { } to || from == to)
            return true;
        return LevelOf(from) > LevelOf(to);
    }

    /// <summary>Only a provider names its vendor's SDK.</summary>
    public static bool KeepsVendorsInProviders(TypeReference reference) =>
        !(IsIn(reference.To, "Anthropic") || IsIn(reference.To, "OpenAI")) || IsIn(reference.From, "ChatApp.Providers");

    /// <summary>The request is known at the edge only: dialects, REST APIs, identity, the static pages, Program and the command line.</summary>
    public static bool KeepsHttpAtTheEdge(TypeReference reference) =>
        !HttpTypes.Contains(reference.To)
        || !reference.From.StartsWith("ChatApp.", StringComparison.Ordinal)
        || reference.From.EndsWith("Api", StringComparison.Ordinal)
        || reference.From == "ChatApp.Components.App"
        || new[] { "Dialects", "Identity", "CommandLine", "Components.Account" }.Any(part => IsIn(reference.From, "ChatApp." + part));

    /// <summary>Components work through services, never on the database or a model.</summary>
    public static bool KeepsComponentsOffTheDatabase(TypeReference reference) =>
        !IsIn(reference.From, "ChatApp.Components")
        || !(
            IsIn(reference.To, "Microsoft.EntityFrameworkCore")
            || IsIn(reference.To, "ChatApp.Data.Sqlite")
            || reference.To is "ChatApp.Data.ChatDbContext" or "Microsoft.Extensions.AI.IChatClient"
        );

    /// <summary>The top-level folder of a type of the product; null for the entry point and for other assemblies.</summary>
    private static string? Part(string type) => type.Split('.') is ["ChatApp", var part, _, ..] ? part : null;

    private static int LevelOf(string part) =>
        Array.FindIndex(Levels, level => level.Contains(part)) is var level and >= 0
            ? level
            : throw new InvalidOperationException($"ChatApp.{part} has no level: add it to the import rules.");

    private static bool IsIn(string type, string space) => type.StartsWith(space + ".", StringComparison.Ordinal);
}
