using System.Globalization;

namespace ChatApp.Components.Shared;

/// <summary>The first letter of a name, whole also where it is an emoji.</summary>
internal static class Initial
{
    public static string Of(string name) => name.Length == 0 ? "?" : StringInfo.GetNextTextElement(name);
}
