using System.Text.RegularExpressions;
using ChatApp.Providers.Demo;
using Xunit;

namespace ChatApp.Tests.Docs;

/// <summary>Holds the docs to what is there.</summary>
public sealed partial class DocsTests
{
    [Fact]
    public void Links_Relative_LeadToExistingFiles()
    {
        var broken =
            from file in DocsFiles.All
            from link in Link().Matches(file.Text)
            let target = link.Groups["target"].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#')
            let path = Path.Combine(DocsFiles.Root, Path.GetDirectoryName(file.Path)!, target.Split('#')[0])
            where !Path.Exists(path)
            select $"{file.Path} → {target}";

        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("What can you do?", "README.md › ChatApp › What ChatApp can do")]
    [InlineData("What is this?", "README.md › ChatApp")]
    [InlineData("Who are you?", "README.md › ChatApp")]
    [InlineData("How do I connect a provider?", "README.md › ChatApp › The next five minutes › Connect a provider")]
    [InlineData("How do I connect Ollama?", "README.md › ChatApp › The next five minutes › Connect a provider")]
    [InlineData("How do I use Anthropic?", "docs/concepts/agents-and-providers.md › Agents and providers › Kinds of provider")]
    [InlineData("What does a fallback model do?", "docs/concepts/agents-and-providers.md › Agents and providers › When a provider fails: retries, fallback")]
    [InlineData("How do I make an agent?", "docs/concepts/agents-and-providers.md › Agents and providers › Agents and their revisions")]
    [InlineData("How do I call the API?", "README.md › ChatApp › The next five minutes › Call the API with curl")]
    [InlineData("Show me a curl example", "README.md › ChatApp › The next five minutes › Call the API with curl")]
    [InlineData("How do I create an API key?", "docs/concepts/security.md › Security › API keys and scopes")]
    [InlineData("Which scopes can an API key have?", "docs/concepts/security.md › Security › API keys and scopes")]
    [InlineData("What is an idempotency key?", "docs/api/runs.md › The runs API › Start a run › Send once: Idempotency-Key")]
    [InlineData("What is a run?", "docs/concepts/runs.md › Runs")]
    [InlineData("Does it lose answers when it crashes?", "docs/concepts/runs.md › Runs › What survives what: closed tab, lost connection, crash")]
    [InlineData("What happens at a power loss?", "docs/concepts/runs.md › Runs › What survives what: closed tab, lost connection, crash")]
    [InlineData("What happens when I close the page in mid-answer?", "docs/concepts/runs.md › Runs › What survives what: closed tab, lost connection, crash")]
    [InlineData("Can I continue an answer that broke off?", "docs/concepts/runs.md › Runs › Asking again, continuing a broken answer")]
    [InlineData("How do I stop an answer?", "docs/api/runs.md › The runs API › Stop an answer: cancel a run")]
    [InlineData("Can I delete a conversation?", "docs/concepts/conversations.md › Conversations › Deleting")]
    [InlineData("Where is my data?", "docs/operations.md › Operations › The data directory")]
    [InlineData("Which databases can I use?", "docs/operations.md › Operations › Database: SQLite")]
    [InlineData("How do I make a backup?", "docs/operations.md › Operations › Back up and restore")]
    [InlineData("How do I run it behind nginx?", "docs/operations.md › Operations › Reverse proxy: server-sent events and WebSockets")]
    [InlineData("How do I add a user?", "docs/concepts/security.md › Security › Accounts: users, passwords, the first administrator, roles")]
    [InlineData("How do I reset my password?", "docs/concepts/security.md › Security › Accounts: users, passwords, the first administrator, roles")]
    [InlineData("Is there a dark mode?", "README.md › ChatApp › What ChatApp can do")]
    [InlineData("How do I change the port?", "README.md › ChatApp › Configuration")]
    [InlineData("How fast is it?", "docs/performance.md › Performance: how fast it is")]
    [InlineData("What can ChatApp do?", "README.md › ChatApp › What ChatApp can do")]
    [InlineData("What can it do?", "README.md › ChatApp › What ChatApp can do")]
    [InlineData("What happens when the server is killed?", "docs/concepts/runs.md › Runs › What survives what: closed tab, lost connection, crash")]
    [InlineData("Does kill -9 lose anything?", "docs/concepts/runs.md › Runs › What survives what: closed tab, lost connection, crash")]
    [InlineData("Which port does it use?", "README.md › ChatApp › Configuration")]
    [InlineData("What is the longest message?", "README.md › ChatApp › Configuration")]
    [InlineData("How do I upgrade?", "docs/operations.md › Operations › Upgrade and go back")]
    [InlineData("What does doctor check?", "docs/operations.md › Operations › Doctor")]
    [InlineData("Can several people talk in one session?", "docs/concepts/ask-sessions.md › Ask sessions")]
    [InlineData("Can a page on another domain call it?", "docs/operations.md › Operations › Pages of other origins")]
    [InlineData("Are secrets encrypted at rest?", "docs/concepts/security.md › Security › Secrets at rest")]
    [InlineData("How do I shut it down?", "docs/operations.md › Operations › Shut down the server")]
    [InlineData("Where are the logs?", "docs/operations.md › Operations › Logs")]
    [InlineData("What is the licence?", "README.md › ChatApp › Licence")]
    public void Search_QuestionOfANewcomer_FindsItsSection(string question, string section) =>
        Assert.Equal(section, Assert.Single(DocsIndex.FromResources().Search(question, 1)).Source);

    [Theory]
    [InlineData("Which port does it use?", "| `Urls` |")]
    [InlineData("What happens when the server is killed?", "| the server is killed (`kill -9`, out of memory) |")]
    [InlineData("What is the longest message?", "| `Runs:MaxInputChars` |")]
    [InlineData("What happens when the disk is full?", "| the disk is full,")]
    public void Search_QuestionThatARowAnswers_FindsTheRow(string question, string row)
    {
        string[] lines = Assert.Single(DocsIndex.FromResources().Search(question, 1)).Text.Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith(row, lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hello")]
    [InlineData("Thank you very much!")]
    [InlineData("Was kannst du?")]
    [InlineData("Tell me a joke")]
    [InlineData("Write a haiku about autumn")]
    [InlineData("What is the capital of France?")]
    [InlineData("What is 2+2?")]
    [InlineData("?!")]
    public void Search_NothingThatTheDocsSay_FindsNothing(string question) => Assert.Empty(DocsIndex.FromResources().Search(question, 1));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
