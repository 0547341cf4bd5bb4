using System.Text;
using ChatApp.Data;

namespace ChatApp.Ask;

/// <summary>Whom a name that a guest chose could be taken for.</summary>
internal static class GuestNames
{
    /// <summary>Whether the two look the same to somebody who reads them in passing: whatever their case, accents, forms and invisible marks.</summary>
    public static bool AreAlike(string? name, string? other) => string.Equals(LooksOf(name), LooksOf(other), StringComparison.Ordinal);

    /// <summary>Latin letters beside Cyrillic or Greek ones in a word: there are some that look the same (Unicode TR 39, section 5).</summary>
    /// <exception cref="RequestProblem">400: the name has such a word.</exception>
    public static void RefuseMixedAlphabets(string name)
    {
        foreach (string word in name.Split(' '))
        {
            if (word.Any(IsLatin) && word.Any(c => c is >= '\u0370' and <= '\u052F' or >= '\u1C80' and <= '\u1C8F' or >= '\u1F00' and <= '\u1FFF'))
                throw RequestProblem.Invalid("name", "Write each word of the name in one alphabet.");
        }
    }

    private static bool IsLatin(char c) => c is >= 'A' and <= 'Z' or >= 'a' and <= 'z' or >= '\u00C0' and <= '\u024F' or >= '\u1E00' and <= '\u1EFF';

    private static string? LooksOf(string? name)
    {
        if (name == null)
            return null;
        string letters = string.Concat(name.Normalize(NormalizationForm.FormKD).Where(c => char.IsLetterOrDigit(c) || char.IsSurrogate(c)).Select(char.ToUpperInvariant));
        return letters.Length > 0 ? letters : name;
    }
}
