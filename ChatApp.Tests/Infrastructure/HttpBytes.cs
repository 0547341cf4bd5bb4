using System.Globalization;
using System.Text;

namespace ChatApp.Tests.Infrastructure;

/// <summary>Decodes one HTTP/1.1 response from whatever pieces of it arrive, so that a test can say what a cut client had received.</summary>
public sealed class HttpBytes
{
    private readonly List<byte> _line = [];
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private bool _inBody;
    private bool _chunked;
    private long _left;

    /// <summary>0 until the status line is there.</summary>
    public int Status { get; private set; }

    /// <summary>Whether the head is whole, so that the caller knows the server's verdict.</summary>
    public bool HasHead => _inBody;

    /// <summary>Whether the response ended as HTTP says, not by a cut.</summary>
    public bool Ended { get; private set; }

    public string? Header(string name) => _headers.GetValueOrDefault(name);

    /// <summary>Takes the next bytes of the connection and adds what they hold of the body to <paramref name="body"/>.</summary>
    public void Feed(ReadOnlySpan<byte> bytes, List<byte> body)
    {
        while (bytes.Length > 0 && !Ended)
        {
            if (_inBody && _left > 0)
            {
                int n = (int)Math.Min(_left, bytes.Length);
                body.AddRange(bytes[..n]);
                bytes = bytes[n..];
                _left -= n;
                Ended = !_chunked && _left == 0;
                continue;
            }
            _line.Add(bytes[0]);
            bytes = bytes[1..];
            if (_line is not [.., (byte)'\r', (byte)'\n'])
                continue;
            string line = Encoding.Latin1.GetString([.. _line], 0, _line.Count - 2);
            _line.Clear();
            if (_inBody)
                TakeChunkSize(line);
            else
                TakeHeadLine(line);
        }
    }

    private void TakeHeadLine(string line)
    {
        if (Status == 0)
        {
            Status = int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
        }
        else if (line.Length > 0)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            _headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
        else
        {
            _inBody = true;
            _chunked = Header("Transfer-Encoding") == "chunked";
            _left = _chunked ? 0 : long.Parse(Header("Content-Length") ?? "0", CultureInfo.InvariantCulture);
            Ended = !_chunked && _left == 0;
        }
    }

    private void TakeChunkSize(string line)
    {
        // Empty: the line end after a chunk's data.
        if (line.Length == 0)
            return;
        _left = long.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Ended = _left == 0;
    }
}
