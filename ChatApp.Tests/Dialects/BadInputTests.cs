using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatApp.Tests.Runs;
using Xunit;

namespace ChatApp.Tests.Dialects;

/// <summary>Whatever is sent to a writing route, what can't be carried out is a problem that names the field, and changes nothing.</summary>
public sealed class BadInputTests(DoorApp app) : IClassFixture<DoorApp>
{
    private const string Start = "POST /api/runs";
    private const string Create = "POST /api/conversations";
    private const string Change = "PATCH /api/conversations/{conversation}";
    private const string UnknownId = "01a1fbca-9e94-723d-9f1e-4a1c510ab62b";

    private static readonly string Megabyte = new('x', 1 << 20);

    /// <summary>Name, route, body and the field that the problem names. What stands in braces is an id of the application's.</summary>
    private static readonly (string Name, string Route, string Body, string? Field)[] Table =
    [
        .. AnyBody(Start), .. AnyBody(Create), .. AnyBody(Change),
        .. Texts(Start, "input"), .. Texts(Create, "title"), .. Texts(Change, "title"),
        .. WrongTypes(Start, "agent", "5", "[]", "{}", "true"), .. WrongTypes(Start, "model", "5", "[]", "{}", "true"),
        .. WrongTypes(Start, "conversation_id", "5", "[]", "\"x\"", "\"\""), .. WrongTypes(Start, "parent_message_id", "5", "[]", "\"x\"", "\"\""),
        .. WrongTypes(Start, "stream", "\"yes\"", "1", "null", "{}"), .. WrongTypes(Start, "background", "\"yes\"", "1", "null", "{}"),
        .. WrongTypes(Start, "metadata", "5", "[]", "\"x\"", "true"), .. WrongTypes(Create, "agent", "5", "[]", "{}", "true"),

        ("no input", Start, "{}", "input"),
        ("null input", Start, """{"input":null}""", "input"),
        ("unknown agent", Start, """{"input":"x","agent":"nobody"}""", "agent"),
        ("empty agent", Start, """{"input":"x","agent":""}""", "agent"),
        ("huge agent", Start, $$"""{"input":"x","agent":"{{Megabyte}}"}""", "agent"),
        ("unknown model", Start, """{"input":"x","model":"no/such"}""", "model"),
        ("empty model", Start, """{"input":"x","model":""}""", "model"),
        ("white model", Start, """{"input":"x","model":"p/ "}""", "model"),
        ("huge model", Start, $$"""{"input":"x","model":"p/{{Megabyte}}"}""", "model"),
        ("unknown agent with a new file", Start, """{"input":"x","agent":"nobody","attachments":[{"url":"data:;base64,TmV3"}]}""", "agent"),
        ("a new file and a bad one", Start, """{"input":"x","attachments":[{"url":"data:;base64,TmV3"},{"url":"ftp://x/y"}]}""", "attachments"),
        ("stream in the background", Start, """{"input":"x","stream":true,"background":true}""", "background"),
        ("huge metadata", Start, $$$"""{"input":"x","metadata":{"a":"{{{new string('x', 17_000)}}}"}}""", "metadata"),
        ("metadata twice", Start, """{"input":"x","metadata":{"a":1},"metadata":{}}""", "metadata"),
        ("deep metadata", Start, $$"""{"input":"x","metadata":{{Nested(1000)}}}""", "metadata"),
        ("metadata without input", Start, """{"conversation_id":"{conversation}","parent_message_id":"{question}","metadata":{}}""", "metadata"),
        ("unknown conversation", Start, $$"""{"input":"x","conversation_id":"{{UnknownId}}"}""", "conversation_id"),
        ("someone else's conversation", Start, """{"input":"x","conversation_id":"{stranger}"}""", "conversation_id"),
        ("someone else's conversation and message", Start, """{"input":"x","conversation_id":"{stranger}","parent_message_id":"{strangers_answer}"}""", "conversation_id"),
        ("parent without conversation", Start, """{"input":"x","parent_message_id":"{answer}"}""", "parent_message_id"),
        ("unknown parent", Start, $$"""{"input":"x","conversation_id":"{conversation}","parent_message_id":"{{UnknownId}}"}""", "parent_message_id"),
        ("parent in another conversation", Start, """{"input":"x","conversation_id":"{conversation}","parent_message_id":"{elsewhere}"}""", "parent_message_id"),
        ("someone else's parent", Start, """{"input":"x","conversation_id":"{conversation}","parent_message_id":"{strangers_answer}"}""", "parent_message_id"),
        ("answer that is whole, again", Start, """{"conversation_id":"{conversation}","parent_message_id":"{answer}"}""", "parent_message_id"),
        ("question of another conversation, again", Start, """{"conversation_id":"{conversation}","parent_message_id":"{elsewhere}"}""", "parent_message_id"),
        ("unknown agent", Create, """{"agent":"nobody"}""", "agent"),
        ("empty agent", Create, """{"agent":""}""", "agent"),
        ("huge agent", Create, $$"""{"agent":"{{Megabyte}}"}""", "agent"),
        ("long title", Create, $$"""{"title":"{{new string('x', 121)}}"}""", "title"),
        ("long title", Change, $$"""{"title":"{{new string('x', 121)}}"}""", "title"),
    ];

    public static TheoryData<string> All
    {
        get
        {
            var data = new TheoryData<string>();
            for (int i = 0; i < Table.Length; i++)
                data.Add(string.Create(CultureInfo.InvariantCulture, $"{i}: {Table[i].Route}, {Table[i].Name}"));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Request_ThatCannotBeCarriedOut_NamesTheFieldAndChangesNothing(string row)
    {
        var (_, route, body, field) = Table[int.Parse(row.AsSpan(0, row.IndexOf(':', StringComparison.Ordinal)), CultureInfo.InvariantCulture)];

        await AssertRefusedAsync(route, Encoding.UTF8.GetBytes(Fill(body)), field);
    }

    [Theory]
    [InlineData(Start, "input")]
    [InlineData(Create, "title")]
    [InlineData(Change, "title")]
    public async Task Request_TextThatIsNotUnicode_IsRefused(string route, string field)
    {
        byte[] invalid = [.. Encoding.ASCII.GetBytes($"{{\"{field}\":\"a"), 0xC3, 0x28, 0xFF, .. "b\"}"u8];
        await AssertRefusedAsync(route, invalid, field);
        await AssertRefusedAsync(route, Encoding.ASCII.GetBytes($"{{\"{field}\":\"\\ud83d\"}}"), field);
    }

    [Theory]
    [InlineData("""{"input":"a","input":"b"}""", "more than once")]
    [InlineData("""{"input":"a","metadata":{"x":1,"x":2}}""", "more than once")]
    [InlineData("""{"input":"\ud83d"}""", "no valid Unicode")]
    [InlineData("""{"input":"a"} {}""", "not valid JSON: look at line 1")]
    [InlineData("""{"input":""", "not valid JSON: look at line 1, byte 10")]
    [InlineData("""{"input":"a""", "not valid JSON: look at line 1")]
    [InlineData("""{"input":"a",""", "not valid JSON: look at line 1")]
    [InlineData("deep", "nested too deeply")]
    public async Task Start_BodyThatCannotBeRead_SaysWhatIsWrongWithIt(string body, string says)
    {
        using var content = DoorApp.Json(body == "deep" ? $$"""{"input":"x","metadata":{{Nested(100)}}}""" : body);
        using var answer = await app.Runs.Client.PostAsync("/api/runs", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(says, (await answer.Content.ReadFromJsonAsync<JsonElement>()).Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/runs", "application/json; charset=bogus", "{}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/api/runs", "application/json; charset=utf-7", "{}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("/api/runs", "application/json", """{"\ud83d":1}""", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/auth/login", "multipart/form-data", "x", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/auth/login", "multipart/form-data; boundary=b", "--b\r\nbroken", HttpStatusCode.BadRequest)]
    public async Task Request_BodyThatTheFrameworkCannotRead_IsTheClientsFault(string path, string type, string body, HttpStatusCode expected)
    {
        using var content = new StringContent(body);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await app.Runs.Client.PostAsync(path, content);

        Assert.True(expected == response.StatusCode || response.StatusCode == HttpStatusCode.UnprocessableEntity, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    [Fact]
    public async Task Start_IdempotencyKeyTooLongOrEmpty_IsRefused()
    {
        foreach (string key in new[] { "", new string('k', 201), new string('k', 20_000) })
            await AssertRefusedAsync(Start, """{"input":"x","model":"p/m"}"""u8.ToArray(), "idempotency_key", key);
    }

    private async Task AssertRefusedAsync(string route, byte[] body, string? field, string? key = null)
    {
        string before = await app.StateAsync();
        string[] parts = Fill(route).Split(' ');
        using var request = new HttpRequestMessage(new HttpMethod(parts[0]), parts[1]) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (key != null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);

        using var answer = await app.Runs.Client.SendAsync(request);

        string text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode is >= 400 and <= 499, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.True(field == (problem.TryGetProperty("field", out var named) ? named.GetString() : null), text.Length > 500 ? text[..500] : text);
        Assert.InRange(problem.Text("detail").Length, 10, 300);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        Assert.Equal(before, await app.StateAsync());
    }

    private static IEnumerable<(string, string, string, string?)> AnyBody(string route) =>
    [
        ("nothing", route, "", null),
        ("null", route, "null", null),
        ("a list", route, "[]", null),
        ("a text", route, "\"x\"", null),
        ("a number", route, "5", null),
        ("no JSON", route, "input=x", null),
        ("half of it", route, "{", null),
        ("more after it", route, "{} {}", null),
        ("deep lists", route, new string('[', 10_000), null),
        ("deep objects", route, $$"""{"a":{{Nested(1000)}}}""", "a"),
    ];

    private static IEnumerable<(string, string, string, string?)> Texts(string route, string field) =>
    [
        ("empty", route, $$"""{"{{field}}":""}""", field),
        ("white space", route, $$"""{"{{field}}":" \t\r\n\u00a0\u3000 "}""", field),
        ("a megabyte", route, $$"""{"{{field}}":"{{Megabyte}}"}""", field),
        ("twice", route, $$"""{"{{field}}":"a","{{field}}":"b"}""", field),
        .. WrongTypes(route, field, "5", "true", "[]", "{}", "[\"x\"]"),
    ];

    private static IEnumerable<(string, string, string, string?)> WrongTypes(string route, string field, params string[] values) =>
        values.Select(v => ($"{field} {v}", route, field == "input" || route != Start ? $$"""{"{{field}}":{{v}}}""" : $$"""{"input":"x","{{field}}":{{v}}}""", (string?)field));

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private string Fill(string text) => text
        .Replace("{conversation}", app.Run.Text("conversation_id"), StringComparison.Ordinal)
        .Replace("{question}", app.Run.Text("user_message_id"), StringComparison.Ordinal)
        .Replace("{answer}", app.Run.Text("message_id"), StringComparison.Ordinal)
        .Replace("{elsewhere}", app.RunElsewhere.Text("user_message_id"), StringComparison.Ordinal)
        .Replace("{stranger}", app.StrangersRun.Text("conversation_id"), StringComparison.Ordinal)
        .Replace("{strangers_answer}", app.StrangersRun.Text("message_id"), StringComparison.Ordinal);
}
