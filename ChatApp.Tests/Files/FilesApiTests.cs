using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using Xunit;

namespace ChatApp.Tests.Files;

public sealed class FilesApiTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(settings: [("Files:MaxBytes", "1000"), ("Files:MaxBytesPerAccount", "1500")]);
        _client = (await _app.CreateCallerAsync()).Client;
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    public static TheoryData<string, byte[], string> Kinds => new()
    {
        { "a.html", TestImages.Png, "image/png" },
        { "a.svg", TestImages.Gif, "image/gif" },
        { "a.txt", [0xff, 0xd8, 0xff, 0xe0, 0], "image/jpeg" },
        { "a", [.. "RIFF\u0001\u0002\u0003\u0004WEBPVP8 "u8], "image/webp" },
        { "a.png", [.. "<svg onload='alert(1)'/>"u8], "text/plain" },
        { "a.jpg", [.. "<!doctype html><script>alert(1)</script>"u8], "text/plain" },
        { "a.png", [.. "Grüße\r\n\t日本"u8], "text/plain" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task File_WhateverItIsCalled_IsWhatItHolds(string name, byte[] content, string type)
    {
        using var added = await AddAsync(content, name, "image/svg+xml");
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var view = await added.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((name, type, content.Length), (view.Text("name"), view.Text("media_type"), view.GetProperty("size").GetInt32()));

        using var file = await _client.GetAsync(added.Headers.Location);
        Assert.Equal(content, await file.Content.ReadAsByteArrayAsync());
        Assert.Equal(type, file.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", file.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("sandbox; default-src 'none'", file.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(type == "text/plain" ? "attachment" : null, file.Content.Headers.ContentDisposition?.DispositionType);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Windows\\a.png", "a.png")]
    [InlineData("..", "..")]
    public async Task File_NameThatIsAPath_KeepsItsLastPart(string name, string kept)
    {
        using var added = await AddAsync(TestImages.Png, name);
        Assert.Equal(kept, (await added.Content.ReadFromJsonAsync<JsonElement>()).Text("name"));
    }

    [Fact]
    public async Task File_NeitherImageNorText_Is415()
    {
        foreach (byte[] content in new byte[][] { [0, 1, 2, 3], [.. "%PDF-1.7\n\0"u8], [0xc3, 0x28], [.. "MZ\u0090\0"u8] })
            await AssertProblemAsync(await AddAsync(content), 415, "unsupported_media_type");
    }

    [Fact]
    public async Task File_EmptyOrTooLarge_IsRefused()
    {
        await AssertProblemAsync(await AddAsync([]), 400, "invalid_request");
        await AssertProblemAsync(await AddAsync(Letters(1001)), 413, "too_large");
        await AssertProblemAsync(await AddAsync(Letters(500_000)), 413, "too_large");
    }

    [Fact]
    public async Task File_MoreThanTheAccountMayHave_IsRefused()
    {
        using var first = await AddAsync(Letters(1000));
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        await AssertProblemAsync(await AddAsync(Letters(501)), 413, "storage_full");
        using var second = await AddAsync(Letters(500));
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
    }

    [Fact]
    public async Task File_ManyAtOnce_StayWithinTheRoomOfTheAccount()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AddAsync(Encoding.UTF8.GetBytes(new string((char)('a' + i), 400)))));
        Assert.Equal((3, 5), (answers.Count(a => a.StatusCode == HttpStatusCode.Created), answers.Count(a => a.StatusCode == HttpStatusCode.RequestEntityTooLarge)));
    }

    [Fact]
    public async Task File_BodyThatIsNone_IsRefused()
    {
        await AssertProblemAsync(await _client.PostAsJsonAsync("/api/files", new { file = "x" }), 415, "unsupported_media_type");
        await AssertProblemAsync(await AddAsync(TestImages.Png, field: "other"), 400, "invalid_request");
        var broken = new StringContent("nothing of the kind");
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        await AssertProblemAsync(await _client.PostAsync("/api/files", broken), 400, "invalid_request");
    }

    [Fact]
    public async Task File_Deleted_IsGoneAndLeavesRoom()
    {
        using var first = await AddAsync(Letters(1000), "a.txt");
        using var second = await AddAsync(TestImages.Png, "b.png");

        var page = await _client.GetFromJsonAsync<JsonElement>("/api/files?limit=1");
        Assert.Equal("b.png", page.GetProperty("data")[0].Text("name"));
        var rest = await _client.GetFromJsonAsync<JsonElement>($"/api/files?before={page.Text("next_before")}");
        Assert.Equal("a.txt", Assert.Single(rest.GetProperty("data").EnumerateArray()).Text("name"));

        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync(first.Headers.Location)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(first.Headers.Location)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.DeleteAsync(first.Headers.Location)).StatusCode);
        using var again = await AddAsync(Letters(1000));
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    private static byte[] Letters(int count) => Encoding.ASCII.GetBytes(new string('x', count));

    private Task<HttpResponseMessage> AddAsync(byte[] content, string name = "a.png", string type = "application/octet-stream", string field = "file")
    {
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue(type);
        return _client.PostAsync("/api/files", new MultipartFormDataContent { { part, field, name } });
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, int status, string code)
    {
        using (answer)
        {
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal((status, code), ((int)answer.StatusCode, problem.Text("code")));
        }
    }
}
