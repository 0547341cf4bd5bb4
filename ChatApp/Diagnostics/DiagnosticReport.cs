using System.Text.Json.Serialization;

namespace ChatApp.Diagnostics;

/// <summary>What all checks have found.</summary>
/// <param name="Ok">Whether nothing is broken; warnings do not count.</param>
public sealed record DiagnosticReport(bool Ok, IReadOnlyList<DiagnosticEntry> Checks);

/// <summary>One check's result.</summary>
public sealed record DiagnosticEntry(string Category, string Name, DiagnosticStatus Status, string Message, string? Fix);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(DiagnosticReport))]
internal sealed partial class DiagnosticJson : JsonSerializerContext;
