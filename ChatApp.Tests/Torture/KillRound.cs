using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;

namespace ChatApp.Tests.Torture;

/// <summary>One server's life: clients that stream and send until it is killed, and what they find at the next one.</summary>
internal sealed class KillRound(Installation installation, int number, Promise promise)
{
    private const int Streams = 6, Bursts = 2, Senders = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly List<(RawRunClient Client, string? Question)> _streams = [];
    private readonly ConcurrentBag<(string Question, string ConversationId)> _acknowledged = [];
    private readonly ConcurrentBag<string> _uncertain = [];
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _firstRun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _seen;

    /// <summary>Lets all clients work until they have seen so many events, kills the server and waits until every client has noticed.</summary>
    public async Task StreamUntilAsync(int events, ServerProcess server)
    {
        using var deadline = new CancellationTokenSource(Limit);
        var clients = new List<Task>();
        for (int i = 0; i < Streams + Bursts; i++)
        {
            bool burst = i >= Streams;
            string question = burst ? $"burst {number}.{i}" : "/demo tokens=20000 delay=1";
            var client = Watcher(events);
            _streams.Add((client, question));
            clients.Add(client.StartAsync(server.Address, new { input = question, model = burst ? "p/burst" : null, stream = true }, deadline.Token));
        }
        var second = Watcher(events);
        _streams.Add((second, null));
        clients.Add(FollowFirstAsync(second, server, deadline.Token));
        clients.AddRange(Enumerable.Range(0, Senders).Select(sender => SendAsync(sender, server, deadline.Token)));

        await _enough.Task.WaitAsync(deadline.Token);
        await server.KillAsync();
        _firstRun.TrySetCanceled(deadline.Token);
        await Task.WhenAll(clients);
    }

    /// <summary>Asks the next server for all that was seen and acknowledged.</summary>
    public async Task<KillFigures> VerifyAsync(ServerProcess server)
    {
        using var http = installation.CreateClient(server);
        var figures = new KillFigures();
        // All are asked for first, so that what is verified of one does not count as time that another one took.
        var streams = _streams.Where(s => s.Client.Status != 0).ToList();
        var found = await Task.WhenAll(streams.Select(s => FindAsync(s.Client, server, http)));
        for (int i = 0; i < streams.Count; i++)
            figures += await VerifyStreamAsync(streams[i].Client, streams[i].Question, found[i], server, http);
        foreach (var (question, conversationId) in _acknowledged)
        {
            bool there = promise.Check(await HasQuestionAsync(http, conversationId, question), $"\"{question}\" was acknowledged and is not there");
            figures += new KillFigures { Acknowledged = 1, Missing = there ? 0 : 1 };
        }
        var killed = _streams.Where(s => s is { Client.Status: 200, Question: not null }).ToList();
        if (killed is [var first, ..])
            figures += await GoOnAsync(http, first.Client.RunId!, first.Question!, continues: true);
        if (killed is [_, .., var last])
            figures += await GoOnAsync(http, last.Client.RunId!, last.Question!, continues: false);
        // Nobody knows whether these had arrived: sent again under their keys, they stand there once (counted at the end).
        foreach (string question in _uncertain)
        {
            using var response = await PostAsync(http, question, default);
            promise.Check(response.StatusCode == HttpStatusCode.Accepted, $"\"{question}\" sent again was answered {response.StatusCode}");
        }
        return figures;
    }

    private RawRunClient Watcher(int events) => new(installation.Key)
    {
        OnFrame = frame =>
        {
            if (RawRunClient.EventOf(frame) == "run.started")
                _firstRun.TrySetResult(RawRunClient.DataOf(frame).GetProperty("run_id").GetString()!);
            if (Interlocked.Increment(ref _seen) == events)
                _enough.SetResult();
        },
    };

    private async Task FollowFirstAsync(RawRunClient client, ServerProcess server, CancellationToken cancellationToken)
    {
        try
        {
            client.RunId = await _firstRun.Task;
        }
        catch (OperationCanceledException)
        {
            return;
        }
        await client.ResumeAsync(server.Address, cancellationToken);
    }

    private async Task SendAsync(int sender, ServerProcess server, CancellationToken cancellationToken)
    {
        using var http = installation.CreateClient(server);
        for (int n = 0; ; n++)
        {
            string question = $"question {number}.{sender}.{n}";
            try
            {
                using var response = await PostAsync(http, question, cancellationToken);
                if (!promise.Check(response.StatusCode == HttpStatusCode.Accepted, $"\"{question}\" was answered {response.StatusCode}"))
                    return;
                var started = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                _acknowledged.Add((question, started.GetProperty("conversation_id").GetString()!));
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                _uncertain.Add(question);
                return;
            }
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string question, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/runs")
        {
            Headers = { { "Idempotency-Key", question } },
            Content = JsonContent.Create(new { input = question, model = "p/short", background = true }),
        };
        return await http.SendAsync(request, cancellationToken);
    }

    /// <summary>The stream's run, and when it was seen after the server's start.</summary>
    private async Task<(JsonElement? View, TimeSpan After)> FindAsync(RawRunClient client, ServerProcess server, HttpClient http)
    {
        if (!promise.Check(client.Status == 200, $"a stream was answered {client.Status}"))
            return (null, server.Started.Elapsed);
        using var deadline = new CancellationTokenSource(Limit);
        // No waiting: a server that answers has ended what its predecessor left.
        using var response = await http.GetAsync($"/api/runs/{client.RunId}", deadline.Token);
        var after = server.Started.Elapsed;
        bool found = promise.Check(response.StatusCode == HttpStatusCode.OK, $"run {client.RunId} is not there: {response.StatusCode}");
        return (found ? await response.Content.ReadFromJsonAsync<JsonElement>(deadline.Token) : null, after);
    }

    private async Task<KillFigures> VerifyStreamAsync(
        RawRunClient client, string? question, (JsonElement? View, TimeSpan After) found, ServerProcess server, HttpClient http)
    {
        if (found.View is not { } view)
            return new KillFigures { Seen = client.Frames.Count, Lost = client.Frames.Count, Acknowledged = 1, Missing = 1, InterruptedAfter = found.After };
        using var deadline = new CancellationTokenSource(Limit);
        string id = client.RunId!;
        promise.Check(view.GetProperty("status").GetString() == "interrupted", $"run {id} is {view.GetProperty("status")}");

        var replay = new RawRunClient(installation.Key) { RunId = id };
        await replay.ResumeAsync(server.Address, deadline.Token);
        var log = replay.Frames;
        promise.Check(log.Select(RawRunClient.IdOf).SequenceEqual(Enumerable.Range(1, log.Count).Select(n => (long)n)), $"the ids of run {id} have gaps");
        promise.Check(log.Count(f => RawRunClient.EventOf(f) == "done") == 1 && replay.IsDone, $"run {id} does not end with one done");
        promise.Check(RawRunClient.TextOf(log) == view.GetProperty("output").GetString(), $"the output of run {id} is not what its events add up to");

        int seen = client.Frames.Count;
        int lost = client.Frames.Where((frame, i) => i >= log.Count || log[i] != frame).Count();
        promise.Check(lost == 0, $"run {id}: {lost} of {seen} seen events are lost or changed");
        byte[] partial = client.Partial;
        promise.Check(
            partial is [] or [(byte)':', ..] || (seen < log.Count && System.Text.Encoding.UTF8.GetBytes(log[seen] + "\n\n").AsSpan().StartsWith(partial)),
            $"run {id}: the half event at the end is not in the log");
        await client.ResumeAsync(server.Address, deadline.Token);
        promise.Check(client.IsDone && client.Frames.SequenceEqual(log), $"run {id} resumed after {seen} is not the whole log");
        var figures = new KillFigures { Seen = seen, Lost = lost, InterruptedAfter = found.After };
        if (question == null)
            return figures;
        bool there = promise.Check(
            await HasQuestionAsync(http, view.GetProperty("conversation_id").GetString()!, question), $"the question of run {id} is not there");
        return figures with { Acknowledged = 1, Missing = there ? 0 : 1 };
    }

    /// <summary>Continues the killed run's answer, or answers its question once more.</summary>
    private async Task<KillFigures> GoOnAsync(HttpClient http, string runId, string question, bool continues)
    {
        using var deadline = new CancellationTokenSource(Limit);
        var dead = await http.GetFromJsonAsync<JsonElement>($"/api/runs/{runId}", deadline.Token);
        string conversation = dead.GetProperty("conversation_id").GetString()!, kept = dead.GetProperty("output").GetString()!;
        using var response = await http.PostAsJsonAsync(
            "/api/runs",
            new { conversation_id = conversation, parent_message_id = dead.GetProperty(continues ? "message_id" : "user_message_id").GetString(), model = "p/short" },
            deadline.Token);
        string what = continues ? "continued" : "answered again";
        if (!promise.Check(response.StatusCode == HttpStatusCode.OK, $"run {runId} could not be {what}: {response.StatusCode}"))
            return default;
        var run = await response.Content.ReadFromJsonAsync<JsonElement>(deadline.Token);
        promise.Check(run.GetProperty("status").GetString() == "completed", $"run {runId} {what} is {run.GetProperty("status")}");
        promise.Check(run.GetProperty("output").GetString() == (continues ? kept : "") + "An answer.", $"run {runId} {what} is something else");
        var shown = (await http.GetFromJsonAsync<JsonElement>($"/api/conversations/{conversation}/messages", deadline.Token)).GetProperty("data");
        promise.Check(shown.GetArrayLength() == 2 && shown[0].GetProperty("content").GetString() == question, $"run {runId} {what} has its question twice");
        return new KillFigures { Continued = continues ? 1 : 0, AnsweredAgain = continues ? 0 : 1 };
    }

    private static async Task<bool> HasQuestionAsync(HttpClient http, string conversationId, string question)
    {
        using var response = await http.GetAsync($"/api/conversations/{conversationId}/messages");
        if (response.StatusCode != HttpStatusCode.OK)
            return false;
        var messages = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        return messages.EnumerateArray().Any(m => m.GetProperty("role").GetString() == "user" && m.GetProperty("content").GetString() == question);
    }
}
