using System.Text.Json;
using ChatApp.Data;

namespace ChatApp.Transfer;

/// <summary>Where in a file the conversations are, and where the files that go with them.</summary>
internal sealed class ImportSource
{
    private readonly Dictionary<string, ImportFile.Part> _byName = [];
    private readonly string? _archive;

    private ImportSource(IReadOnlyList<ImportFile.Part> parts, string? archive)
    {
        _archive = archive;
        foreach (var part in parts)
            _byName.TryAdd(archive is null ? KeyOf(part.Name) : part.Name, part);
        HasSeveralParts = parts.Count > 1;
        // In an archive a file that was attached is only that, whatever is in it.
        ConversationParts = archive is null ? parts : [.. parts.Where(p => p.Name.StartsWith(archive + ArchiveExport.ConversationsFolder, StringComparison.Ordinal))];
    }

    /// <summary>Whether it is an archive of this product.</summary>
    public bool IsArchive => _archive is not null;

    /// <summary>Where conversations may be.</summary>
    public IReadOnlyList<ImportFile.Part> ConversationParts { get; }

    public bool HasSeveralParts { get; }

    /// <summary>Looks whether it is an archive of this product.</summary>
    /// <exception cref="RequestProblem">It is one of a newer version.</exception>
    public static async ValueTask<ImportSource> OpenAsync(ImportFile file, CancellationToken cancellationToken)
    {
        const int largestManifest = 64 * 1024;
        var parts = file.Parts.ToList();
        // People unpack and pack again: then all of it lies in a folder.
        foreach (var part in parts.Where(p => p.Name.Split('/')[^1] == ArchiveExport.ManifestName))
        {
            if (await part.ReadBytesAsync(largestManifest, cancellationToken) is not { } bytes || TryParse(bytes) is not { } manifest
                || manifest.Text("format") != ArchiveExport.FormatName)
                continue;
            if (manifest.Member("version") is not { ValueKind: JsonValueKind.Number } version || !version.TryGetInt32(out int number) || number > ArchiveExport.CurrentVersion)
                throw RequestProblem.Invalid("file", "A newer version of this product has written this archive. Update this server first.");
            return new ImportSource(parts, part.Name[..^ArchiveExport.ManifestName.Length]);
        }
        return new ImportSource(parts, null);
    }

    /// <summary>A file of an archive, by its name there; null where it is none, or has no such file.</summary>
    public ImportFile.Part? Find(string name) => _archive is null ? null : _byName.GetValueOrDefault(_archive + name);

    /// <summary>What a file that a conversation names is called here; null where it has no name.</summary>
    public string? FindName(FileDocument file) => _archive is null ? file.Key : file.Sha256 is { } hash ? _archive + ArchiveExport.FilesFolder + hash : null;

    /// <summary>The bytes of a file that a conversation names; null where they are not there, or more than may be kept.</summary>
    public async ValueTask<byte[]?> ReadFileAsync(FileDocument file, int max, CancellationToken cancellationToken) =>
        FindName(file) is { } name && _byName.TryGetValue(name, out var part) ? await part.ReadBytesAsync(max, cancellationToken) : null;

    // ChatGPT's files are named after their id: "file-AbC-photo.png" and "file_0123-….dat" are those that the messages name so.
    private static string KeyOf(string name)
    {
        string file = name.Split('/')[^1];
        int end = file.StartsWith("file-", StringComparison.Ordinal) || file.StartsWith("file_", StringComparison.Ordinal)
            ? file.AsSpan(5).IndexOfAny('-', '.')
            : -1;
        return end < 0 ? name : file[..(5 + end)];
    }

    private static JsonElement? TryParse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
