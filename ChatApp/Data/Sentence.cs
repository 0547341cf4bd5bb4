using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace ChatApp.Data;

/// <summary>
/// A sentence for a person. Written as an interpolated string it keeps its values apart from its words, so that what shows it can
/// say it in the reader's language: <c>localizer[Format, Values]</c>. Programs read the English of <see cref="ToString"/>.
/// </summary>
[InterpolatedStringHandler]
public sealed class Sentence
{
    private readonly StringBuilder _format;
    private readonly List<object?> _values;

    public Sentence(int literalLength, int formattedCount) => (_format, _values) = (new(literalLength), new(formattedCount));

    private Sentence(string text) => (_format, _values) = (new(text), []);

    /// <summary>English, with <c>{0}</c> and so on for the values; just text where there are none.</summary>
    public string Format => _format.ToString();

    public object[] Values => [.. _values.Select(v => v ?? "")];

    // Without values nothing is filled in, and braces are themselves.
    public void AppendLiteral(string text) =>
        _format.Append(_values.Capacity == 0 ? text : text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void AppendFormatted<T>(T value, string? format = null)
    {
        _format.Append('{').Append(_values.Count).Append(format is null ? "" : $":{format}").Append('}');
        _values.Add(value);
    }

    public static implicit operator Sentence(string text) => new(text);

    /// <summary>The English.</summary>
    public override string ToString() => _values.Count == 0 ? Format : string.Format(CultureInfo.InvariantCulture, Format, Values);
}
