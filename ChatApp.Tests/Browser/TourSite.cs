using ChatApp.Agents;
using ChatApp.Ask;
using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Browser;

/// <summary>An application that looks used: several agents, prompts, a folder and old conversations.</summary>
public sealed class TourSite : IAsyncLifetime
{
    private const string Rich =
        """
        The sum of the first $n$ squares has a closed form[^gauss], which is how `sum_squares` avoids its loop:

        $$
        \sum_{k=1}^{n} k^2 = \frac{n(n+1)(2n+1)}{6}
        $$

        ```csharp
        // Constant time, however large n is.
        public static long SumOfSquares(long n) => n switch
        {
            < 0 => throw new ArgumentOutOfRangeException(nameof(n), "Must not be negative."),
            _ => n * (n + 1) * (2 * n + 1) / 6,
        };
        ```

        | n | loop | formula | lookup in a table |
        |--:|-----:|--------:|------------------:|
        | 1,000 | 0.6 µs | 1 ns | 2 ns |
        | 1,000,000 | 590 µs | 1 ns | 4 ns |

        What is left to do:

        - [x] it costs one multiplication, not a loop
        - [ ] guard against overflow above two million, see [the docs](https://example.com)

        > Measure before you optimise.

        [^gauss]: Faulhaber, 1631.
        """;

    private static readonly (string Title, int DaysAgo)[] Old =
    [
        ("Itinerary for a week in Tokyo", 0), ("Name for a bakery", 0), ("Explain the borrow checker to a C# programmer", 1), ("Interview questions for a data engineer", 1),
        ("Refactor the invoice parser into smaller functions", 4), ("Tokyo or Kyoto in November?", 5), ("Vegetarian menu for eight", 12), ("Regex for German phone numbers", 20),
        ("Letter to the landlord", 47), ("Why is the sky dark at night?", 50),
    ];

    private readonly ChatSite _site = new();
    private bool _hasAgents;

    public Task InitializeAsync() => _site.InitializeAsync();

    public Task DisposeAsync() => _site.DisposeAsync();

    /// <summary>The answers of one walk, in order.</summary>
    /// <param name="gate">Opened when the third may end.</param>
    public void ScriptAnswers(Gate gate) =>
        _site.Script(
            s => s.Reasoning("The sum of squares grows like a cube, so its closed form is a polynomial of degree three. Four values determine it.").Text(Rich).Finish(),
            s => s.Text("The sum of the first cubes is the triangular number, squared.").Finish(),
            s => s.Text("The minutes say that the release moves to May.").Wait(gate).Finish(),
            s => s.Text("Dear all,").Error("overloaded"),
            s => s.Text("Slow reviews are what most teams name first.").Finish());

    /// <summary>A new person with a history.</summary>
    public async Task<(string Address, string Email, string AskPath)> PrepareAsync()
    {
        var app = await _site.GetAppAsync();
        var (user, email) = await _site.CreatePersonAsync();
        var agents = app.Services.GetRequiredService<AgentAdmin>();
        if (!_hasAgents)
        {
            _hasAgents = true;
            await agents.AddAsync(new NewAgent("coder", new AgentSettings(Model: "p/m"), "Coder", "Reads, writes and explains code in most languages."), null, default);
            await agents.AddAsync(new NewAgent("scribe", new AgentSettings(Model: "p/m"), "Scribe for long letters", "Letters, minutes and reports in plain words."), null, default);
        }
        var prompts = app.Services.GetRequiredService<Prompts>();
        await prompts.AddAsync(user, new PromptText("translate", "Translate", "Translate into {{language|English}}.\n\n{{text}}"), shared: false, default);
        await prompts.AddAsync(user, new PromptText("review", "Review my code", "Review this code for errors.\n\n{{code}}"), shared: false, default);
        var folder = await app.Services.GetRequiredService<Folders>().CreateAsync(user, "Travel", default);
        await SeedAsync(app, user.Id, folder.Id);
        string key = $"k{Guid.NewGuid():n}";
        await app.Services.GetRequiredService<AskSessions>().CreateAsync(
            key, new AskSettings("What slows us down?", "Retro of the spring release") { AllowAnonymous = true, Description = "Be frank." }, user.Id, default);
        return (app.Address.ToString(), email, $"/ask/{key}");
    }

    private static async Task SeedAsync(TestApp app, Guid owner, Guid folder)
    {
        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContextAsync();
        foreach (var ((title, daysAgo), place) in Old.Select((old, place) => (old, place)))
        {
            var at = now.AddDays(-daysAgo).AddSeconds(-place);
            var question = new Message { Id = Guid.CreateVersion7(at), Role = MessageRole.User, Status = MessageStatus.Completed, CreatedAt = at, Content = title };
            var conversation = new Conversation
            {
                Id = Guid.CreateVersion7(at), OwnerId = owner, Title = title, CreatedAt = at, UpdatedAt = at,
                FolderId = title.Contains("Tokyo", StringComparison.Ordinal) ? folder : null, PinnedAt = daysAgo == 4 ? at : null,
            };
            question.ConversationId = conversation.Id;
            db.AddRange(conversation, question);
            await db.SaveChangesAsync();
            conversation.ActiveLeafId = question.Id;
            await db.SaveChangesAsync();
        }
    }
}
