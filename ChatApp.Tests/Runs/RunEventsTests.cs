using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Runs;

/// <summary>The stream of a run while nothing happens, from every place one may ask for, and of a run that is stopped.</summary>
public sealed class RunEventsTests(RunEventsTests.QuickHeartbeat app) : IClassFixture<RunEventsTests.QuickHeartbeat>
{
    public sealed class QuickHeartbeat : IAsyncLifetime
    {
        public RunHarness Runs { get; private set; } = null!;

        public async Task InitializeAsync() => Runs = await RunHarness.StartAsync(("Runs:Heartbeat", "00:00:00.050"));

        public Task DisposeAsync() => Runs.DisposeAsync().AsTask();
    }

    private RunHarness Runs => app.Runs;

    [Fact]
    public async Task Stream_SilentProvider_HeadersComeAtOnceAndThenComments()
    {
        var gate = new Gate();
        Runs.Provider.Script("silent", s => s.Wait(gate).Text("late").Finish());

        // Comes back with the headers, although the provider has not said a word.
        using var response = await Runs.SendAsync(new { input = "Hi", model = "p/silent", stream = true });
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));
        await using var body = await response.Content.ReadAsStreamAsync();
        string text = await SseText.ReadToAsync(body, ": keep-alive\n\n: keep-alive\n\n: keep-alive\n\n");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(": open\n\nevent: run.started\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("block.started", text, StringComparison.Ordinal);
        gate.Open();
        text = await SseText.ReadToAsync(body, null, text);
        var events = SseText.Parse(text);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Id));
        Assert.Equal("late", SseText.TextOf(events, "text"));
    }

    [Fact]
    public async Task Events_OfARunThatIsSilent_AreCommentsForEachReader()
    {
        var gate = new Gate();
        Runs.Provider.Script("quiet", s => s.Text("one").Wait(gate).Finish());
        string run = (await Runs.StartRunAsync("Hi", "p/quiet")).Text("run_id");
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));

        string[] texts = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            using var response = await Runs.Client.GetAsync($"/api/runs/{run}/events?after=3", HttpCompletionOption.ResponseHeadersRead);
            await using var body = await response.Content.ReadAsStreamAsync();
            return await SseText.ReadToAsync(body, ": keep-alive\n\n: keep-alive\n\n");
        }));

        Assert.All(texts, t => Assert.DoesNotContain("id: ", t, StringComparison.Ordinal));
        gate.Open();
        await Runs.EventsAsync(run);
    }

    [Theory]
    [InlineData("after=0", null, 0)]
    [InlineData("", null, 0)]
    [InlineData("after=", null, 0)]
    [InlineData("after=2", null, 2)]
    [InlineData("", "2", 2)]
    [InlineData("after=4", "2", 2)]
    [InlineData("after=2", "0", 0)]
    [InlineData("after=x", "2", 2)]
    public async Task Events_AfterAnId_AreTheRest(string query, string? lastEventId, int after)
    {
        var (run, frames) = await EndedRunAsync();

        using var response = await GetAsync($"/api/runs/{run}/events?{query}", lastEventId);

        string body = await response.Content.ReadAsStringAsync();
        Assert.Equal(": open\n\n" + string.Concat(frames.Skip(after)), body);
    }

    [Theory]
    [InlineData("after={last}", null)]
    [InlineData("after={beyond}", null)]
    [InlineData("after=9223372036854775807", null)]
    [InlineData("", "{last}")]
    [InlineData("after=0", "{last}")]
    public async Task Events_NothingIsLeft_Is204SoThatEventSourceStops(string query, string? lastEventId)
    {
        var (run, frames) = await EndedRunAsync();
        string Fill(string text) => text.Replace("{last}", $"{frames.Length}", StringComparison.Ordinal).Replace("{beyond}", $"{frames.Length + 100}", StringComparison.Ordinal);

        using var response = await GetAsync($"/api/runs/{run}/events?{Fill(query)}", lastEventId == null ? null : Fill(lastEventId));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("after=-1", null, "after")]
    [InlineData("after=x", null, "after")]
    [InlineData("after=1.0", null, "after")]
    [InlineData("after=+1", null, "after")]
    [InlineData("after=9223372036854775808", null, "after")]
    [InlineData("after=1&after=2", null, "after")]
    [InlineData("after=1", "x", "Last-Event-ID")]
    [InlineData("", "-1", "Last-Event-ID")]
    public async Task Events_AfterWhatIsNoId_Is400(string query, string? lastEventId, string field)
    {
        var (run, _) = await EndedRunAsync();

        using var response = await GetAsync($"/api/runs/{run}/events?{query}", lastEventId);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(field, (await response.Content.ReadFromJsonAsync<JsonElement>()).Text("field"));
    }

    [Fact]
    public async Task Events_OfARunUnderWay_BeyondWhatIsThere_WaitsForTheRest()
    {
        var gate = new Gate();
        Runs.Provider.Script("later", s => s.Text("one").Wait(gate).Text("two").Finish());
        string run = (await Runs.StartRunAsync("Hi", "p/later")).Text("run_id");
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30));

        // What was sent may not have been read yet: then it would become one event with what follows. Up to here there are three.
        await using (var begun = await Runs.Client.GetStreamAsync($"/api/runs/{run}/events"))
            await SseText.ReadToAsync(begun, "\"text\":\"one\"");
        using var response = await Runs.Client.GetAsync($"/api/runs/{run}/events?after=4", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        string text = await SseText.ReadToAsync(body, ": keep-alive");
        Assert.DoesNotContain("id: ", text, StringComparison.Ordinal);
        gate.Open();
        var events = SseText.Parse(await SseText.ReadToAsync(body, null, text));

        Assert.Equal(["block.ended", "usage", "done"], events.Select(e => e.Name));
        Assert.Equal([5, 6, 7], events.Select(e => e.Id));
    }

    [Fact]
    public async Task Events_Head_DoesNotStream()
    {
        var (run, _) = await EndedRunAsync();

        using var response = await Runs.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/api/runs/{run}/events"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Cancel_TwiceAndByAReader_EndsOnceForTheOneWhoMay()
    {
        Runs.Provider.Script("endless", s => s.Text("partial").Hang());
        using var response = await Runs.SendAsync(new { input = "Hi", model = "p/endless", stream = true });
        await using var body = await response.Content.ReadAsStreamAsync();
        string text = await SseText.ReadToAsync(body, "\"text\":\"partial\"");
        string cancel = $"{response.Headers.Location}/cancel";
        using var reader = Runs.App.CreateClient(await Runs.App.CreateKeyAsync(Runs.User.Id, "read"));

        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsync(cancel, null)).StatusCode);
        Assert.Equal("running", (await Runs.Client.GetFromJsonAsync<JsonElement>(response.Headers.Location)).Text("status"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Runs.Client.PostAsync(cancel, null)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));

        var events = SseText.Parse(await SseText.ReadToAsync(body, null, text));
        Assert.Equal("""{"status":"cancelled","finish_reason":"cancelled"}""", Assert.Single(events, e => e.Name == "done").Data.GetRawText());
        Assert.Equal("partial", SseText.TextOf(events, "text"));
        Assert.Equal(HttpStatusCode.Accepted, (await Runs.Client.PostAsync(cancel, null)).StatusCode);
    }

    [Fact]
    public async Task Cancel_OfARunThatHasEnded_ChangesNothing()
    {
        var (run, _) = await EndedRunAsync();
        string before = (await Runs.FindAsync(run)).GetRawText();
        string events = await Runs.EventsAsync(run);

        using var answer = await Runs.Client.PostAsync($"/api/runs/{run}/cancel", null);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(before, (await Runs.FindAsync(run)).GetRawText());
        Assert.Equal(events, await Runs.EventsAsync(run));
        Assert.Equal(1, await Runs.QueryAsync(db => db.Usage.CountAsync(u => u.RunId == Guid.Parse(run))));
    }

    private async Task<(string Run, string[] Frames)> EndedRunAsync()
    {
        Runs.Provider.Script("m", s => s.Text("Hello").Finish());
        string run = (await Runs.RunAsync(new { input = "Hi", model = "p/m" })).Text("id");
        string body = await Runs.EventsAsync(run);
        string[] frames = [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(f => !f.StartsWith(':')).Select(f => f + "\n\n")];
        Assert.Equal(6, frames.Length);
        return (run, frames);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId != null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return await Runs.Client.SendAsync(request);
    }
}
