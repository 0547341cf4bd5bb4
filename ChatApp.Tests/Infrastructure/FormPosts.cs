using System.Text.RegularExpressions;

namespace ChatApp.Tests.Infrastructure;

/// <summary>Fills in the forms of the static pages as a browser does.</summary>
public static partial class FormPosts
{
    /// <summary>Gets the page, takes its form's hidden fields (antiforgery token, handler) and posts them with <paramref name="fields"/>.</summary>
    /// <param name="form">The name of the form, where the page has more than one.</param>
    public static async Task<HttpResponseMessage> PostFormAsync(
        this HttpClient client, string page, Dictionary<string, string> fields, string? form = null)
    {
        string html = await client.GetStringAsync(page);
        var hidden = Forms().Matches(html)
            .Select(f => HiddenInputs().Matches(f.Value).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value))
            .First(f => form is null || f.GetValueOrDefault("_handler") == form);
        foreach (var (name, value) in fields)
            hidden[name] = value;
        return await client.PostAsync(page, new FormUrlEncodedContent(hidden));
    }

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]*)" value="(?<value>[^"]*)""")]
    private static partial Regex HiddenInputs();
}
