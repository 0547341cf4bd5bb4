using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChatApp.Tests.Infrastructure;
using Xunit;

namespace ChatApp.Tests.Torture;

/// <summary>One message sent again and again under one idempotency key.</summary>
[Collection(TortureCollection.Name)]
[Trait("Category", "Torture")]
public sealed class DuplicateTests
{
    private const int Connections = 32;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_OneKeyManyTimesAtOnce_StartsOneRunWithOneMessage(bool intoAConversation)
    {
        await using var installation = await Installation.CreateAsync();
        var server = await installation.StartServerAsync();
        using var http = installation.CreateClient(server, Connections);
        using var deadline = new CancellationTokenSource(Limit);
        var promise = new Promise(intoAConversation ? "duplicates in a conversation" : "duplicates");
        string? conversation = null;
        if (intoAConversation)
        {
            using var created = await http.PostAsJsonAsync("/api/conversations", new { }, deadline.Token);
            conversation = JsonDocument.Parse(await created.Content.ReadAsStringAsync(deadline.Token)).RootElement.GetProperty("id").GetString();
        }
        // In mid-answer while the first ones attach, ended when the last ones do. Opened before those that wait for its end hold all connections.
        var gate = new Gate();
        installation.Provider.Script("m", s => s.Text("The ").Wait(gate).Text("answer.").Finish());

        int answered = 0;
        var answers = await Task.WhenAll(Enumerable.Range(0, TortureSize.DuplicateSends).Select(async i =>
        {
            // The ways to wait do not belong to what is asked for.
            var answer = await SendAsync(http, "Once.", conversation, stream: i % 3 == 0, background: i % 3 == 1, deadline.Token);
            if (i % 3 == 1 && Interlocked.Increment(ref answered) == Connections / 4)
                gate.Open();
            return answer;
        }));
        var another = await SendAsync(http, "Something else.", conversation, stream: false, background: true, deadline.Token);

        promise.Check(answers.All(a => a.Status is HttpStatusCode.OK or HttpStatusCode.Accepted), $"some were answered {answers.Select(a => a.Status).Max()}");
        int runs = answers.Select(a => a.RunId).Distinct().Count();
        promise.Check(runs == 1, $"{runs} runs");
        promise.Check(answers.Where((_, i) => i % 3 == 0).Select(a => a.Body).Distinct().Count() == 1, $"the streams are not the same");
        promise.Check(
            answers.Where((_, i) => i % 3 == 2).All(a => JsonDocument.Parse(a.Body).RootElement.GetProperty("output").GetString() == "The answer."),
            $"somebody got another answer");
        int attached = answers.Where((_, i) => i % 3 == 1).Count(a => JsonDocument.Parse(a.Body).RootElement.GetProperty("attached").GetBoolean());
        promise.Check(answers.Where((_, i) => i % 3 == 1).Count() - attached is 0 or 1, $"more than one was told that it began the run");
        promise.Check(another.Status == HttpStatusCode.UnprocessableEntity, $"another body was answered {another.Status}");
        promise.Check(installation.Provider.Requests.Count == 1, $"the provider was asked {installation.Provider.Requests.Count} times");
        await server.TerminateAsync(Limit);
        string messages = await installation.QueryAsync("SELECT count(*) FROM messages WHERE role = 'User'");
        promise.Check(messages == "1", $"{messages} messages");
        string conversations = await installation.QueryAsync("SELECT count(*) FROM conversations");
        promise.Check(conversations == "1", $"{conversations} conversations");
        promise.Settle($"{answers.Length:N0} sends over {Connections} connections, {runs} run, {messages} message, {runs - 1} duplicates; another body {(int)another.Status}");
    }

    private static async Task<(HttpStatusCode Status, string RunId, string Body)> SendAsync(
        HttpClient http, string input, string? conversation, bool stream, bool background, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/runs")
        {
            Headers = { { "Idempotency-Key", "the key" } }, Content = JsonContent.Create(new { input, model = "p/m", conversation_id = conversation, stream, background }),
        };
        using var response = await http.SendAsync(request, cancellationToken);
        string runId = response.Headers.TryGetValues("X-Run-Id", out var ids) ? ids.Single() : "";
        return (response.StatusCode, runId, await response.Content.ReadAsStringAsync(cancellationToken));
    }
}
