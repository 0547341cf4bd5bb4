using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using ChatApp.Data;

namespace ChatApp.Transfer;

/// <summary>
/// The file that a person has given: a zip file or JSON, told by its content. Names in a zip file are keys to look up what
/// belongs together; they never name anything on this machine.
/// </summary>
internal sealed class ImportFile : IDisposable
{
    private readonly Stream _stream;
    private readonly TransferLimits _limits;
    private readonly ZipArchive? _zip;
    private long _unpacked;

    private ImportFile(Stream stream, TransferLimits limits, ZipArchive? zip) => (_stream, _limits, _zip) = (stream, limits, zip);

    /// <summary>The files in it; the file itself where it is no zip file.</summary>
    public IEnumerable<Part> Parts => _zip is null ? [new Part(this, null)] : _zip.Entries.Where(e => e.Length > 0).Select(e => new Part(this, e));

    /// <summary>Opens it.</summary>
    /// <param name="stream">Seekable; stays the caller's.</param>
    /// <exception cref="RequestProblem">It is empty, broken or too much.</exception>
    public static ImportFile Open(Stream stream, TransferLimits limits)
    {
        Span<byte> first = stackalloc byte[4];
        stream.Position = 0;
        int length = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        if (length == 0)
            throw RequestProblem.Invalid("file", "The file is empty.");
        if (!first.StartsWith("PK"u8))
            return new ImportFile(stream, limits, null);
        try
        {
            CheckDirectory(stream, limits);
            var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            if (zip.Entries.Count > limits.MaxEntries)
                throw TooMuch();
            return new ImportFile(stream, limits, zip);
        }
        catch (InvalidDataException)
        {
            throw RequestProblem.Invalid("file", "The zip file is broken. Download it again.");
        }
    }

    public void Dispose() => _zip?.Dispose();

    // The library reads the whole directory into memory, whatever number of entries it claims.
    private static void CheckDirectory(Stream stream, TransferLimits limits)
    {
        const int endLength = 22;
        const int longestComment = ushort.MaxValue;
        byte[] tail = new byte[Math.Min(stream.Length, endLength + longestComment)];
        stream.Position = stream.Length - tail.Length;
        stream.ReadExactly(tail);
        int end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || tail.Length - end < endLength)
            throw new InvalidDataException();
        long directory = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        // In zip64 the true offset may be anywhere before: its record says so, and it lies between the directory and the end.
        if (directory == uint.MaxValue)
        {
            int record = tail.AsSpan(0, end).LastIndexOf("PK\u0006\u0006"u8);
            directory = record >= 0 && record + 56 <= tail.Length ? BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(record + 48)) : throw new InvalidDataException();
        }
        const int typicalEntry = 256;
        if (directory < 0 || stream.Length - directory > (long)limits.MaxEntries * typicalEntry + tail.Length)
            throw TooMuch();
        stream.Position = 0;
    }

    private static RequestProblem TooMuch() => new(413, "too_large", "The zip file has more in it than an export has.", "file");

    /// <summary>A file in it.</summary>
    internal sealed class Part(ImportFile file, ZipArchiveEntry? entry)
    {
        /// <summary>With its folders, as the zip file says; empty where it is no zip file.</summary>
        public string Name => entry?.FullName ?? "";

        /// <summary>Unpacked, as the zip file says.</summary>
        public long Length => entry?.Length ?? file._stream.Length;

        /// <summary>Reads it from its beginning.</summary>
        /// <exception cref="RequestProblem">It unpacks to more than it may.</exception>
        public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
        {
            if (entry is null)
            {
                file._stream.Position = 0;
                return new MeasuredInput(file._stream, file._stream.Length);
            }
            const int always = 1024 * 1024;
            if (entry.Length > always && entry.Length / Math.Max(1, entry.CompressedLength) > file._limits.MaxRatio)
                throw TooMuch();
            // Counted as the zip file says it, and held to that.
            file._unpacked += entry.Length;
            if (file._unpacked > file._limits.MaxUnpackedBytes)
                throw TooMuch();
            return new MeasuredInput(await entry.OpenAsync(cancellationToken), entry.Length, owns: true);
        }

        /// <summary>Whether it begins with an array or an object: [ or {; null for anything else.</summary>
        public async ValueTask<char?> BeginningAsync(CancellationToken cancellationToken)
        {
            await using var stream = entry is null ? await OpenAsync(cancellationToken) : await entry.OpenAsync(cancellationToken);
            return await JsonValues.BeginningAsync(stream, cancellationToken);
        }

        /// <summary>Its values as JSON.</summary>
        public async IAsyncEnumerable<JsonElement> ReadAsync(
            bool isArray, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using var stream = await OpenAsync(cancellationToken);
            await foreach (var value in JsonValues.ReadAsync(stream, isArray, file._limits, cancellationToken))
                yield return value;
        }

        /// <summary>All its bytes; null where there are more than <paramref name="max"/>.</summary>
        public async ValueTask<byte[]?> ReadBytesAsync(int max, CancellationToken cancellationToken)
        {
            if (Length > max)
                return null;
            byte[] bytes = new byte[Length];
            await using var stream = await OpenAsync(cancellationToken);
            int read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return read == bytes.Length ? bytes : null;
        }
    }
}
