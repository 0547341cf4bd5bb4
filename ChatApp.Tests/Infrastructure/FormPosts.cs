using System.Net;
using System.Text.RegularExpressions;

namespace ChatApp.Tests.Infrastructure;

/// <summary>Fills in the forms of the static pages as a browser does.</summary>
public static partial class FormPosts
{
    /// <summary>Gets the page, takes its form's hidden fields (antiforgery token, handler) and posts them with <paramref name="fields"/>.</summary>
    /// <param name="form">How the name of the form begins, where the page has more than one.</param>
    public static async Task<HttpResponseMessage> PostFormAsync(
        this HttpClient client, string page, Dictionary<string, string> fields, string form = "") =>
        await client.PostAsync(page, Fill(await client.ReadFormAsync(page, form), fields));

    /// <summary>The hidden fields of the page's form.</summary>
    public static async Task<Dictionary<string, string>> ReadFormAsync(this HttpClient client, string page, string form = "")
    {
        string html = await client.GetStringAsync(page);
        return Forms().Matches(html)
            .Select(f => HiddenInputs().Matches(f.Value).ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value)))
            .First(f => f.GetValueOrDefault("_handler", "").StartsWith(form, StringComparison.Ordinal));
    }

    public static FormUrlEncodedContent Fill(Dictionary<string, string> hidden, Dictionary<string, string> fields) => new(hidden.Concat(fields));

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]*)" value="(?<value>[^"]*)""")]
    private static partial Regex HiddenInputs();
}
