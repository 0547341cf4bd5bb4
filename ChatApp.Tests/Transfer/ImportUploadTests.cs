using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using ChatApp.Identity;
using ChatApp.Tests.Infrastructure;
using ChatApp.Tests.Runs;
using ChatApp.Transfer;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Transfer;

/// <summary>A person's turn begins before anything is received, so that one person fills the disk with one file.</summary>
public sealed class ImportUploadTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private TestApp _app = null!;
    private CurrentUser _ada = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync();
        (_ada, _client) = await _app.CreateCallerAsync();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Upload_WhileAnotherOfOnesOwnArrives_IsRefusedUnread()
    {
        using var first = await RawUpload.BeginAsync(_app.Address, _client.DefaultRequestHeaders.Authorization!);
        // It is asked for when the server begins to read it.
        Assert.StartsWith("HTTP/1.1 100 ", await first.ReadLineAsync().WaitAsync(Limit), StringComparison.Ordinal);
        using var second = await RawUpload.BeginAsync(_app.Address, _client.DefaultRequestHeaders.Authorization!);

        Assert.StartsWith("HTTP/1.1 409 ", await second.ReadLineAsync().WaitAsync(Limit), StringComparison.Ordinal);

        await first.FinishAsync();
        Assert.Equal("", await first.ReadLineAsync().WaitAsync(Limit));
        Assert.StartsWith("HTTP/1.1 200 ", await first.ReadLineAsync().WaitAsync(Limit), StringComparison.Ordinal);
        using var next = await _client.PostAsync("/api/import", new ByteArrayContent(RawUpload.File));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Page_WhileAnotherImportGoesOn_SaysSo()
    {
        // Pages lead to the first run's until there is an admin.
        var id = await _app.CreateUserAsync("eve@example.com", admin: true);
        using var eve = await _app.SignInAsync("eve@example.com");
        var hidden = await eve.ReadFormAsync("account/data", "import");
        var turns = _app.Services.GetRequiredService<ImportTurns>();
        using (turns.Take(_ada with { Id = id }))
        {
            using var busy = await eve.PostAsync("account/data", Form(hidden));
            Assert.Equal("/account/data?busy=true", busy.Headers.Location?.ToString());
            Assert.Contains("Another import of yours", await eve.GetStringAsync("/account/data?busy=true"), StringComparison.Ordinal);
        }

        using var done = await eve.PostAsync("account/data", Form(hidden));

        Assert.Contains("Already here", await done.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_OnTheDisk_IsForNobodyElse()
    {
        await using var file = await SpooledUpload.ReceiveAsync(new MemoryStream([1, 2, 3]), default);

        Assert.Equal(3, file.Length);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Name));
        await file.DisposeAsync();
        Assert.False(File.Exists(file.Name));
    }

    private static MultipartFormDataContent Form(Dictionary<string, string> hidden)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in hidden)
            form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(RawUpload.File), "File", "x.json");
        return form;
    }

    /// <summary>A request whose head is sent, and its body once the test says so.</summary>
    private sealed class RawUpload : IDisposable
    {
        public static readonly byte[] File = Encoding.UTF8.GetBytes("""[{"uuid":"1","chat_messages":[{"sender":"human","text":"Hi"}]}]""");

        private readonly TcpClient _connection = new();
        private StreamReader _answer = null!;

        public static async Task<RawUpload> BeginAsync(Uri server, AuthenticationHeaderValue key)
        {
            var upload = new RawUpload();
            await upload._connection.ConnectAsync(server.Host, server.Port);
            upload._answer = new StreamReader(upload._connection.GetStream(), Encoding.ASCII);
            await upload._connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/import HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: {key}\r\nContent-Length: {File.Length}\r\nExpect: 100-continue\r\n\r\n"));
            return upload;
        }

        public Task<string?> ReadLineAsync() => _answer.ReadLineAsync();

        public Task FinishAsync() => _connection.GetStream().WriteAsync(File).AsTask();

        public void Dispose()
        {
            _answer.Dispose();
            _connection.Dispose();
        }
    }
}
