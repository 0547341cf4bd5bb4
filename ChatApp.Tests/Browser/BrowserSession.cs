using System.Collections.Concurrent;
using ChatApp.Tests.Docs;
using Microsoft.Playwright;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>
/// One test's page. Collects console errors, uncaught exceptions and violations of the content security policy on all pages of its
/// profile; disposing it fails the test on any that was not <see cref="Expect">expected</see>.
/// </summary>
public sealed class BrowserSession : IAsyncDisposable
{
    private const string ViolationMark = "[content-security-policy]";

    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> problems = new();
    private readonly List<string> expected = [];
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BrowserSession(IBrowserContext context, IPage page) => (this.context, Page) = (context, page);

    public IPage Page { get; }

    /// <summary>Problems seen so far that were not expected.</summary>
    public IReadOnlyList<string> Problems =>
        [.. problems.Where(problem => !expected.Any(part => problem.Contains(part, StringComparison.OrdinalIgnoreCase)))];

    internal static async Task<BrowserSession> StartAsync(IBrowserContext context)
    {
        // Reports also what the browser does not print to the console, such as violations of a report-only policy.
        await context.AddInitScriptAsync(
            $$"""
            document.addEventListener('securitypolicyviolation', violation =>
              console.error('{{ViolationMark}} ' + violation.effectiveDirective + ' blocked ' + violation.blockedURI));
            """
        );
        var session = new BrowserSession(context, await context.NewPageAsync());
        context.Console += (_, message) =>
        {
            if (message.Type == "error")
                session.Add($"{message.Text} ({message.Location})");
        };
        context.WebError += (_, error) => session.Add(error.Error);
        return session;
    }

    /// <summary>Waits for a problem with this text: the browser tells of some only after the page has loaded.</summary>
    public async Task ProblemAsync(string part)
    {
        while (true)
        {
            // Before the look: what comes after it is waited for.
            var next = Volatile.Read(ref more).Task;
            if (Problems.Any(problem => problem.Contains(part, StringComparison.Ordinal)))
                return;
            await next.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    private void Add(string problem)
    {
        problems.Enqueue(problem);
        Interlocked.Exchange(ref more, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Problems that contain this text belong to the test.</summary>
    public void Expect(string part) => expected.Add(part);

    /// <summary>Another page in the same profile, signed in alike.</summary>
    public Task<IPage> OpenTabAsync() => context.NewPageAsync();

    /// <summary>Saves the page as seen to <c>$CHATAPP_SCREENSHOTS</c>, or to artifacts/screenshots in the repository.</summary>
    /// <returns>The file's path.</returns>
    public async Task<string> ScreenshotAsync(string name, bool fullPage = false)
    {
        var folder = Environment.GetEnvironmentVariable("CHATAPP_SCREENSHOTS") is { Length: > 0 } named
            ? named
            : System.IO.Path.Combine(DocsFiles.Root, "artifacts", "screenshots");
        var path = System.IO.Path.Combine(folder, name + ".png");
        await Page.ScreenshotAsync(new() { Path = path, FullPage = fullPage });
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        // A page that is closed tells the server its draft; the framework complains when the circuit ends in the middle of that.
        var seen = Problems;
        await context.CloseAsync();
        Assert.Empty(seen);
    }
}
